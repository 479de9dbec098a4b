/** Lull without a window: the endpoint, the terminal commands, two copies, a port that is taken. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { z } from 'zod';
import { test } from './app.ts';
import { startPrivateBus } from '../fakes/private-bus.ts';
import { runLull } from './terminal.ts';

const readyLine = z.object({
  endpoint: z.url(),
  tokenPath: z.string(),
  dataFolder: z.string(),
});

const completion = z.object({
  object: z.literal('chat.completion'),
  choices: z.tuple([
    z.object({ message: z.object({ content: z.string() }), finish_reason: z.literal('stop') }),
  ]),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }),
});

function ask(endpoint: string, token: string, more: object = {}): Promise<Response> {
  return fetch(`${endpoint}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'lull-default',
      temperature: 0,
      messages: [{ role: 'user', content: 'What is the capital of France?' }],
      ...more,
    }),
  });
}

test('stays up, prints one JSON line, answers, and goes when it is told to', async ({ folder }) => {
  const lull = runLull(folder, ['--headless', '--json']);
  const ready = readyLine.parse(JSON.parse(await lull.firstLine));
  expect(ready.dataFolder).toBe(join(folder, 'data'));
  expect(new URL(ready.endpoint).hostname).toBe('127.0.0.1');
  expect(statSync(ready.tokenPath).mode & 0o777).toBe(0o600);
  const token = readFileSync(ready.tokenPath, 'utf8').trim();

  const models = await fetch(`${ready.endpoint}/models`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await models.json()).toMatchObject({
    object: 'list',
    data: [{ id: 'lull-default' }, { id: 'local' }, {}, { id: 'lull-embed' }, {}],
  });
  const answer = completion.parse(await (await ask(ready.endpoint, token)).json());
  expect(answer.choices[0].message.content).toBe('The capital of France is Paris.');
  expect(answer.usage.completion_tokens).toBeGreaterThan(5);
  const stream = await (await ask(ready.endpoint, token, { stream: true })).text();
  expect(stream).toContain('chat.completion.chunk');
  expect(stream.trimEnd().endsWith('data: [DONE]')).toBe(true);
  expect((await ask(ready.endpoint, 'wrong')).status).toBe(401);

  const second = await runLull(folder, ['chat', 'What is the capital of France?']).ended;
  expect(second).toMatchObject({ code: 0 });
  expect(second.out.trim()).toContain('France');
  const copy = await runLull(folder, ['--headless', '--json']).ended;
  expect(copy.code).toBe(3);
  expect(copy.err).toContain('already runs');
  expect(copy.err).toContain(ready.endpoint);

  lull.child.kill('SIGTERM');
  const { code, out } = await lull.ended;
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toHaveLength(1);
});

test('answers one question in the terminal', async ({ folder }) => {
  const { code, out, err } = await runLull(folder, ['chat', '--json', 'Tell me a joke.']).ended;
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(JSON.parse(out)).toEqual({
    model: 'MiniMind2 Small (test model)',
    text: expect.stringContaining('trust atoms'),
  });
});

test('doctor names what the engine runs on, and why', async ({ folder }) => {
  const { code, out } = await runLull(folder, ['doctor', '--json']).ended;
  const report = z
    .object({ ok: z.literal(true), engine: z.object({ backend: z.string() }).loose() })
    .parse(JSON.parse(out));
  expect(code).toBe(0);
  expect(report.engine).toMatchObject({
    backend: 'cpu',
    device: { kind: 'cpu' },
    layersTotal: 9,
    candidates: expect.arrayContaining([
      expect.objectContaining({ backend: 'cpu', state: 'chosen', goldenAnswer: true }),
      expect.objectContaining({ backend: 'cuda', state: 'skipped' }),
    ]),
  });
  const text = await runLull(folder, ['doctor']).ended;
  expect(text.out).toMatch(/Backend\s+cpu/);
});

test('says which port is taken, and ends', async ({ folder }) => {
  const squatter = createServer();
  await new Promise<void>((listening) => squatter.listen(0, '127.0.0.1', listening));
  const address = squatter.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { code, err } = await runLull(folder, ['--headless'], {
    args: [`--port=${address.port}`],
  }).ended;
  squatter.close();
  expect(code).toBe(1);
  expect(err).toContain('Another program already uses the endpoint’s port.');
  expect(err).toContain(String(address.port));
});

test('refuses what it does not understand, with a reason', async ({ folder }) => {
  const { code, err } = await runLull(folder, ['chat']).ended;
  expect(code).toBe(2);
  expect(err).toContain('write the question after "chat"');
  const absent = await runLull(folder, ['chat', 'hello', '--model', '/absent.gguf']).ended;
  expect(absent.code).toBe(1);
  expect(absent.err).toContain('The model file is not where it was.');
});

test('doctor --sensors reads everything once, ends by itself and leaves nothing behind', async ({
  folder,
}) => {
  const startMs = Date.now();
  const { code, out } = await runLull(folder, ['doctor', '--sensors', '--json']).ended;
  expect(code).toBe(0);
  expect(Date.now() - startMs).toBeLessThan(20_000);
  expect(out.trim().split('\n')).toHaveLength(1);
  const seen: unknown = JSON.parse(out);
  expect(seen).toMatchObject({ ok: true });
  expect(
    z.object({ sensors: z.array(z.object({ id: z.string() })).min(5) }).safeParse(seen).success,
  ).toBe(true);
  // Nobody served or meant to: the day that Lull remembers is not to know of it.
  expect(existsSync(join(folder, 'data', 'governor.sqlite'))).toBe(false);
});

test('doctor --sensors asks the message bus, too, from the built process', async ({ folder }) => {
  const bus = await startPrivateBus();
  try {
    const service = 'org.freedesktop.NetworkManager';
    await bus.expose({
      ...{ name: service, path: '/org/freedesktop/NetworkManager', interface: service },
      ...{ types: { Metered: 'u' }, values: { Metered: 1 } },
    });
    const env = { DBUS_SYSTEM_BUS_ADDRESS: bus.address };
    const { out } = await runLull(folder, ['doctor', '--sensors', '--json'], { env }).ended;
    const { sensors } = z
      .object({ sensors: z.array(z.object({ value: z.unknown(), source: z.string() })) })
      .parse(JSON.parse(out));
    expect(sensors.find(({ source }) => source === 'NetworkManager')?.value).toBe('yes');
  } finally {
    await bus.dispose();
  }
});
