/** The embedding process without its process: requests in their order, one text at a time. */
import { AppError, toAppError } from '../platform/app-error.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { ParentChannel } from '../platform/child.ts';
import type { EmbeddingModel } from './llama-embedding-adapter.ts';
import { toEmbeddingSchema, type FromEmbedding, type ToEmbedding } from './embedding-messages.ts';

type Of<Type extends ToEmbedding['type']> = Extract<ToEmbedding, { type: Type }>;

export interface EmbeddingWorkerPorts {
  readonly channel: ParentChannel;
  readonly pulse: { beat(): void };
  /** @throws AppError */
  open(where: Of<'open'>): Promise<EmbeddingModel>;
}

export function runEmbedding({ channel, pulse, open }: EmbeddingWorkerPorts): void {
  const cancelled = new Set<number>();
  let where: Of<'open'> | null = null;
  /** Null until it is opened, and again when that failed: what was in its way may be gone at the next try. */
  let model: Promise<EmbeddingModel> | null = null;
  let last: Promise<void> = Promise.resolve();
  const post = (message: FromEmbedding) => {
    channel.post(message);
  };

  const opened = async (): Promise<EmbeddingModel> => {
    if (where === null) throw new AppError('no-model');
    model ??= open(where);
    try {
      return await model;
    } catch (error) {
      model = null;
      throw error;
    }
  };

  const embed = async ({ id, inputs }: Of<'embed'>) => {
    try {
      const ready = await opened();
      const vectors: Float32Array<ArrayBuffer>[] = [];
      let tokens = 0;
      for (const input of inputs) {
        if (cancelled.has(id)) throw new AppError('cancelled');
        const embedded = await ready.embed(input);
        vectors.push(embedded.vector);
        tokens += embedded.tokens;
      }
      post({ type: 'embedded', id, vectors, tokens });
    } catch (error) {
      const { code, details } = toAppError(error);
      post({ type: 'failed', id, code, details: details ?? null });
    } finally {
      cancelled.delete(id);
    }
  };

  const handle = (message: ToEmbedding): void => {
    switch (message.type) {
      case 'pulse':
        pulse.beat();
        post({ type: 'alive' });
        return;
      case 'open':
        where = message;
        opened().catch(() => undefined);
        return;
      case 'embed':
        last = last.then(() => embed(message));
        return;
      case 'cancel':
        cancelled.add(message.id);
        return;
      default:
        assertNever(message);
    }
  };

  channel.onMessage((raw) => {
    const message = toEmbeddingSchema.safeParse(raw);
    if (message.success) handle(message.data);
  });
}
