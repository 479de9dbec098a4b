/** Process entry of the peer: node-llama-cpp as its documentation uses it, with its own batching. */
import {
  getLlama,
  JinjaTemplateChatWrapper,
  type LlamaContextSequence,
  type LlamaModel,
} from 'node-llama-cpp';
import { z } from 'zod';
import { answerBinarySelfTest } from '../../electron/engine/binary-self-test-adapter.ts';
import { parentChannel } from '../../electron/platform/parent-channel.ts';

const taskSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('load'),
    modelPath: z.string(),
    threads: z.number(),
    sequences: z.number(),
    contextTokens: z.number(),
  }),
  z.object({
    type: z.literal('run'),
    prompts: z.array(z.object({ text: z.string(), seed: z.number() })),
    maxTokens: z.number(),
    temperature: z.number(),
    topP: z.number(),
    topK: z.number(),
    minP: z.number(),
  }),
]);
type Task = z.infer<typeof taskSchema>;
type RunTask = Extract<Task, { type: 'run' }>;

const channel = parentChannel();
let model: LlamaModel;
let sequences: readonly LlamaContextSequence[] = [];

channel.onDisconnect(() => {
  process.exit(0);
});
channel.onMessage((raw) => {
  const task = taskSchema.parse(raw);
  void (task.type === 'load' ? load(task) : run(task));
});

async function load(task: Extract<Task, { type: 'load' }>): Promise<void> {
  // Outside Electron's main process its self-test would look for the `electron` package.
  answerBinarySelfTest();
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    maxThreads: task.threads,
  });
  model = await llama.loadModel({ modelPath: task.modelPath });
  const context = await model.createContext({
    sequences: task.sequences,
    contextSize: task.contextTokens,
    threads: task.threads,
  });
  sequences = Array.from({ length: task.sequences }, () => context.getSequence());
  channel.post({ type: 'loaded' });
}

async function run(task: RunTask): Promise<void> {
  const startMs = performance.now();
  const counts = await Promise.all(
    task.prompts.map((prompt, index) => write(sequences[index], prompt, task)),
  );
  const ms = performance.now() - startMs;
  channel.post({ type: 'ran', tokens: counts.reduce((sum, count) => sum + count, 0), ms });
}

async function write(
  sequence: LlamaContextSequence | undefined,
  prompt: RunTask['prompts'][number],
  { maxTokens, temperature, topP, topK, minP }: RunTask,
): Promise<number> {
  if (sequence === undefined) throw new Error('more prompts than sequences');
  const { contextText } = new JinjaTemplateChatWrapper({
    template: model.fileInfo.metadata.tokenizer.chat_template ?? '',
    functionCallMessageTemplate: 'noJinja',
  }).generateContextState({
    chatHistory: [
      { type: 'user', text: prompt.text },
      { type: 'model', response: [] },
    ],
  });
  await sequence.clearHistory();
  const tokens = contextText.tokenize(model.tokenizer, 'trimLeadingSpace');
  const options = { temperature, topP, topK, minP, seed: prompt.seed };
  const written: number[] = [];
  for await (const token of sequence.evaluate(tokens, options)) {
    written.push(token);
    if (written.length === maxTokens) break;
  }
  return written.length;
}
