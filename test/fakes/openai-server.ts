/** A server that speaks the OpenAI API, or breaks it in the way that a test asks for. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OpenAiServer {
  readonly baseUrl: string;
  /** Bodies of the questions, oldest first. */
  readonly asked: readonly Readonly<Record<string, unknown>>[];
  /** Questions whose reader has left before the end. */
  readonly left: number;
  close(): Promise<void>;
}

/** Writes the rest of an answer after its head. */
export type Speak = (response: ServerResponse) => void;

export function chunk(content: string | null, finish: string | null = null): string {
  const choices = [{ index: 0, delta: content === null ? {} : { content }, finish_reason: finish }];
  return `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices })}\n\n`;
}

export async function startOpenAiServer(
  models: readonly string[],
  speak: Speak,
  status = 200,
): Promise<OpenAiServer> {
  const asked: Record<string, unknown>[] = [];
  let left = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ object: 'list', data: models.map((id) => ({ id })) }));
      return;
    }
    const bytes: Buffer[] = [];
    for await (const part of request) bytes.push(part as Buffer);
    asked.push(JSON.parse(Buffer.concat(bytes).toString()) as Record<string, unknown>);
    response.on('close', () => {
      if (!response.writableFinished) left += 1;
    });
    response.writeHead(status, { 'content-type': 'text/event-stream', location: '/elsewhere' });
    speak(response);
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${String(port)}/v1`,
    asked,
    get left() {
      return left;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
