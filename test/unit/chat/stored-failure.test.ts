import { expect, it } from 'vitest';
import { failureFromJson } from '../../../electron/chat/stored-failure.ts';
import { ERROR_TEXTS } from '../../../electron/ipc/error-codes.ts';

const old = { code: 'engine-crashed', message: 'It stopped.', next: 'Ask again.', details: 'x' };

it('keeps the words that were shown, and adds what older versions did not say', () => {
  const { kept } = ERROR_TEXTS['engine-crashed'];
  expect(failureFromJson(JSON.stringify(old))).toEqual({ ...old, kept });
  const whole = { ...old, kept: 'All of it.' };
  expect(failureFromJson(JSON.stringify(whole))).toEqual(whole);
});

it('still shows a failure whose code this version does not know', () => {
  const gone = { ...old, code: 'chain-on-fire' };
  expect(failureFromJson(JSON.stringify(gone))).toMatchObject({ ...old, code: 'internal' });
});

it('does not believe anything else', () => {
  expect(() => failureFromJson('{"code":"internal"}')).toThrow();
});
