import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../electron/app/options.ts';
import { AppError } from '../../../electron/platform/app-error.ts';

describe('command line', () => {
  it('opens a window by default and leaves Chromium’s options alone', () => {
    expect(parseOptions(['--disable-gpu', '--remote-debugging-port=0'])).toEqual({
      mode: { kind: 'window', isHidden: false },
      json: false,
      dataFolder: null,
      cacheFolder: null,
      port: null,
      modelPath: null,
      presence: null,
      join: null,
    });
  });

  it('reads values after a space and after an equals sign', () => {
    const options = parseOptions(['--headless', '--json', '--data-dir', 'a b', '--port=0']);
    expect(options).toMatchObject({ mode: { kind: 'headless' }, json: true, port: 0 });
    expect(options.dataFolder).toBe('a b');
    expect(parseOptions(['--model=x=y.gguf']).modelPath).toBe('x=y.gguf');
  });

  it('reads commands', () => {
    expect(parseOptions(['chat', 'What', 'is', 'it?', '--json']).mode).toEqual({
      kind: 'chat',
      question: 'What is it?',
    });
    expect(parseOptions(['doctor', '--json']).mode).toEqual({ kind: 'doctor', isSensors: false });
    expect(parseOptions(['doctor', '--sensors']).mode).toMatchObject({ isSensors: true });
    expect(parseOptions(['models']).mode).toEqual({ kind: 'models', id: null });
    expect(parseOptions(['models', 'get', 'one']).mode).toEqual({ kind: 'models', id: 'one' });
    expect(parseOptions(['--help']).mode).toEqual({ kind: 'help' });
    expect(parseOptions(['demo', '--ask', 'Why?', '--hold=30']).mode).toEqual({
      kind: 'demo',
      question: 'Why?',
      holdMs: 30_000,
    });
    expect(parseOptions(['demo']).mode).toMatchObject({ kind: 'demo', holdMs: 0 });
  });

  it('reads how to serve and whose network to use', () => {
    expect(parseOptions(['--hidden']).mode).toEqual({ kind: 'window', isHidden: true });
    expect(parseOptions(['--presence=locked']).presence).toBe('locked');
    const options = parseOptions(['--presence', 'always', '--join=practice.json']);
    expect(options).toMatchObject({ presence: 'always', join: 'practice.json' });
  });

  it.each([
    [['--port', 'http']],
    [['--port', '65536']],
    [['--port', '-1']],
    [['--port']],
    [['--data-dir=']],
    [['chat']],
    [['chat', '  ']],
    [['dance']],
    [['models', 'get']],
    [['models', 'put', 'one']],
    [['models', 'get', 'one', 'two']],
    [['demo', 'now']],
    [['demo', '--join', 'practice.json']],
    [['demo', '--hold', 'long']],
    [['--presence', 'sometimes']],
  ])('refuses %j with a reason', (args) => {
    expect(() => parseOptions(args)).toThrow(AppError);
  });

  it('never throws anything but an AppError', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        try {
          parseOptions(args);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
