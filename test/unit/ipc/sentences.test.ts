/** Every failure that a person can meet has its words, and no words stand there for nobody. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureFor } from '../../../electron/gateway/openai-errors.ts';
import { ERROR_CODES, ERROR_TEXTS } from '../../../electron/ipc/error-codes.ts';
import { reasonSentence, statusSentence } from '../../../electron/ipc/status-words.ts';
import { REASON_CODES, type Status } from '../../../electron/ipc/status.ts';
import { AppError } from '../../../electron/platform/app-error.ts';
import { REFUSAL_CODES, refusalRow } from '../../../electron/protocol/refusal.ts';
import { describeFailure } from '../../../electron/app/terminal.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
/** They have a row for every code, so that a code in them says nothing about its use. */
const TABLES = ['electron/ipc/error-codes.ts', 'electron/gateway/openai-errors.ts'];
/** Words of ours that a person should not need to know. */
const JARGON =
  /\b(RPC|IPC|null|undefined|NaN|exception|stack|errno|async|promise|mutex|boolean|schema|parse[dr]?|process id|SQL\w*|JSON|HTTP|EVM|ABI|nonce|calldata|keccak\w*|EIP-\d+)\b/i;
const SENTENCE = /^[A-Z“].*\.$/s;

const sources = readdirSync(path.join(ROOT, 'electron'), { recursive: true, encoding: 'utf8' })
  .map((name) => `electron/${name.replaceAll(path.sep, '/')}`)
  .filter((name) => name.endsWith('.ts') && !TABLES.includes(name))
  .map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));

function thrownCodes(text: string): readonly string[] {
  return [...text.matchAll(/new AppError\(\s*'([^']+)'/g)].flatMap(([, code]) => code ?? []);
}

describe('the catalogue of failures', () => {
  it('knows every code that is thrown', () => {
    const thrown = sources.flatMap(({ text }) => thrownCodes(text));
    // That many at least, or the sources were not read.
    expect(new Set(thrown).size).toBeGreaterThan(20);
    expect(thrown.filter((code) => !(code in ERROR_TEXTS))).toEqual([]);
  });

  it.each(ERROR_CODES)('%s is used by somebody', (code) => {
    expect(sources.filter(({ text }) => text.includes(`'${code}'`)).length).toBeGreaterThan(0);
  });

  it.each(ERROR_CODES)('%s says what happened, what was kept, and what to do', (code) => {
    const { sentence, kept, next } = ERROR_TEXTS[code];
    for (const text of [sentence, kept, next]) {
      expect(text).toMatch(SENTENCE);
      expect(text).not.toMatch(JARGON);
      expect(text.length).toBeGreaterThan(10);
    }
    // Each says something of its own.
    expect(new Set([sentence, kept, next]).size).toBe(3);
    const same = ERROR_CODES.filter((other) => ERROR_TEXTS[other].sentence === sentence);
    expect(same).toEqual([code]);
  });

  it.each(ERROR_CODES)('%s reads whole in a terminal, and has a row for other programs', (code) => {
    const error = new AppError(code, { details: 'what exactly' });
    const { sentence, kept, next } = ERROR_TEXTS[code];
    expect(describeFailure(error)).toBe(`${sentence} (what exactly)\n${kept}\n${next}`);
    const { status, body } = failureFor(error);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body.error.code).toMatch(/^[a-z_]+$/);
  });
});

describe('refusals of a Supplier', () => {
  it.each(REFUSAL_CODES)('%s has a sentence of its own', (code) => {
    const { sentence } = refusalRow(code);
    expect(sentence).toMatch(SENTENCE);
    expect(sentence).not.toMatch(JARGON);
    const same = REFUSAL_CODES.filter((other) => refusalRow(other).sentence === sentence);
    expect(same).toEqual([code]);
  });
});

describe('reasons for not serving', () => {
  const NOW_MS = Date.UTC(2026, 10, 20);
  const waiting = (code: (typeof REASON_CODES)[number]): Status => ({
    mode: 'waiting',
    policy: 'away',
    chosenBy: 'owner',
    trialRelaysLeft: null,
    duty: 0,
    dutyCause: null,
    reasons: [{ code, untilMs: null, detail: null }],
    sinceMs: NOW_MS,
    relaysInFlight: 0,
  });

  it.each(REASON_CODES)('%s has words in the list and in the status', (code) => {
    const words = reasonSentence({ code, untilMs: null, detail: null }, NOW_MS, 300);
    const { sentence } = statusSentence(waiting(code), NOW_MS, 300);
    for (const text of [words, sentence]) {
      expect(text).toMatch(/^[A-Z]/);
      expect(text).not.toMatch(JARGON);
      expect(text).not.toContain(code.includes('-') ? code : '\0');
    }
  });

  it('differ from each other', () => {
    const all = REASON_CODES.map((code) =>
      reasonSentence({ code, untilMs: null, detail: null }, NOW_MS, 300),
    );
    expect(new Set(all).size).toBe(REASON_CODES.length);
  });
});
