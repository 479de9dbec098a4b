/// <reference lib="dom" />
/** A model of one's own: by dialog, by drag, by command line; and every wrong file gets its sentence. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { encodeGguf } from '../../electron/models/gguf-writer.ts';
import { SMALL_ENTRIES } from '../fixtures/small-gguf.ts';
import { ask, SHARED_CACHE, test } from './app.ts';
import { photograph } from './screenshots.ts';
import { runLull } from './terminal.ts';

const STARTER = join(SHARED_CACHE, 'starter.gguf');

const TEST_MODEL_NAME = 'MiniMind2 Small (test model)';

/** A model that is not the test model: the same weights under another name of the same length. */
function writeModel(path: string, name: string): void {
  const bytes = readFileSync(STARTER);
  const at = bytes.indexOf(TEST_MODEL_NAME);
  bytes.write(name.padEnd(TEST_MODEL_NAME.length), at);
  writeFileSync(path, bytes);
}

/** The system's own dialog cannot be driven, so it is answered for the owner. */
async function answerDialog(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path);
}

/** Drops a real file on the window, as the desktop would. */
async function drop(page: Page, path: string): Promise<void> {
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.id = 'drop-source';
    input.hidden = true;
    document.body.append(input);
  });
  await page.locator('#drop-source').setInputFiles(path);
  await page.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>('#drop-source');
    const file = input?.files?.[0];
    if (!file) throw new Error('no file');
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(file);
    for (const type of ['dragenter', 'dragover', 'drop']) {
      const options = { dataTransfer, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new DragEvent(type, options));
    }
    input.remove();
  });
}

test('opens a file from the dialog, by drag and by command line', async ({ folder, launch }) => {
  const own = join(folder, 'my-model.gguf');
  writeModel(own, 'A model of my own');
  const { app, page } = await launch();
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await answerDialog(app, own);
  await page.getByRole('button', { name: /Open a model file/ }).click();
  await expect(page.getByText('A model of my own').first()).toBeVisible();
  await photograph(app, page, '6-own-model');
  const dragged = join(folder, 'dragged.gguf');
  writeModel(dragged, 'A dragged model');
  await drop(page, dragged);
  await expect(page.getByText('A dragged model').first()).toBeVisible();
  await app.close();

  const again = await launch();
  await again.page.getByRole('button', { name: 'Models', exact: true }).click();
  await expect(again.page.getByText('A model of my own').first()).toBeVisible();
  await again.app.close();

  const { code, out } = await runLull(folder, ['chat', '--json', 'Hello', '--model', own]).ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ model: 'A model of my own' });
});

test('refuses wrong files with a sentence each and keeps the model it has', async ({
  folder,
  launch,
}) => {
  const picture = join(folder, 'picture.gguf');
  writeFileSync(picture, Buffer.from('89504e470d0a1a0a', 'hex'));
  const cut = join(folder, 'cut.gguf');
  copyFileSync(STARTER, cut);
  truncateSync(cut, 20_000_000);
  const damaged = join(folder, 'damaged.gguf');
  writeFileSync(damaged, Buffer.concat([Buffer.from('GGUF\x03\0\0\0'), Buffer.alloc(64, 0xff)]));
  const { app, page } = await launch();
  const sentences = [
    [picture, 'This file is not a GGUF model.'],
    [cut, 'This GGUF file is incomplete'],
    [damaged, 'This GGUF file is damaged'],
    [join(folder, 'absent.gguf'), 'The model file is not where it was.'],
  ] as const;
  await page.getByRole('button', { name: 'Get a real model', exact: true }).click();
  for (const [path, sentence] of sentences) {
    await answerDialog(app, path);
    // By keyboard, since the sentences of before are not dismissed and may lie above the button.
    await page.getByRole('button', { name: 'Open a file…' }).press('Enter');
    await expect(page.getByText(sentence, { exact: false }).first()).toBeVisible();
  }
  await photograph(app, page, '7-refused');
  await expect(page.getByText('Test model', { exact: false }).first()).toBeVisible();
});

test('a model larger than memory is named as such, with the numbers, and the old one answers on', async ({
  folder,
  launch,
}) => {
  const huge = join(folder, 'huge.gguf');
  writeHugeModel(huge);
  const { app, page } = await launch();
  await answerDialog(app, huge);
  await page.getByRole('button', { name: 'Get a real model', exact: true }).click();
  await page.getByRole('button', { name: 'Open a file…' }).click();
  await expect(page.getByText('Tiny').first()).toBeVisible();
  await page.getByRole('button', { name: 'Chat', exact: true }).click();
  await ask(page, 'Hello');
  await expect(
    page.getByText('This model needs more memory than this computer can give it.').first(),
  ).toBeVisible();
  await page.getByText('Details').first().click();
  await expect(page.getByText(/It needs about \d+ GB/).first()).toBeVisible();
  await photograph(app, page, '8-too-large');
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await page.getByRole('button', { name: /^Use/ }).click();
  await page.getByRole('button', { name: 'New chat' }).click();
  await ask(page, 'Hello there');
  await expect(page.getByRole('list', { name: 'About this answer' })).toBeVisible();
});

/** A sparse file: a header that promises a terabyte, and that much of nothing behind it. */
function writeHugeModel(path: string): void {
  const F32 = 0;
  const shape = [2 ** 20, 2 ** 18] as const;
  const number = (name: string, value: number) => [name, { type: 'u32', value }] as const;
  const entries = [
    ...SMALL_ENTRIES,
    number('llama.block_count', 1),
    number('llama.embedding_length', shape[0]),
    number('llama.attention.head_count', 8),
  ];
  const tensor = { name: 'token_embd.weight', shape, typeId: F32, bytes: () => new Uint8Array() };
  const header = encodeGguf(entries, [tensor]).next().value;
  if (!header) throw new Error('no header');
  writeFileSync(path, header);
  truncateSync(path, header.length + shape[0] * shape[1] * 4);
}
