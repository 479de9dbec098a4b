/** The words for what the governor decides: reasons now and past, stretches of the day, duty, and the time to be away. */
import { describe, expect, it } from 'vitest';
import { STRETCH_CODES } from '../../../electron/ipc/governor.ts';
import { needSentence, pastClause, plainClause } from '../../../electron/ipc/reason-words.ts';
import {
  DUTY_CAUSES,
  NOT_READ_YET,
  REASON_CODES,
  TO_BE_TESTED,
  type Status,
} from '../../../electron/ipc/status.ts';
import { dutyWords, policyWords, statusSentence } from '../../../electron/ipc/status-words.ts';
import {
  groupName,
  groupOf,
  STRETCH_GROUPS,
  stretchSentence,
} from '../../../electron/ipc/stretch-words.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const NOW = new Date(2026, 0, 5, 13, 20).getTime();
const SERVING: Status = {
  ...fakeSnapshot().status,
  ...{ mode: 'serving', policy: 'away', duty: 0.62, dutyCause: 'heat', reasons: [] },
};

describe('the words of the governor', () => {
  it('name for every reason what ends it, in a sentence', () => {
    for (const code of REASON_CODES) expect(needSentence(code)).toMatch(/^[A-Z].*\.$/);
  });

  it('call nothing a fault that is only the beginning', () => {
    const reasons = [{ code: 'power-unknown' as const, untilMs: null, detail: NOT_READ_YET }];
    const waiting: Status = { ...SERVING, mode: 'waiting', reasons };
    expect(statusSentence(waiting, NOW, 300).sentence).toMatch(
      /^Waiting: Lull reads the sensors for the first time/,
    );
    expect(needSentence('power-unknown', NOT_READ_YET)).toContain('the first reading');
    expect(pastClause('preparing', TO_BE_TESTED)).toBe('the engine had still to be tested');
    const broken = [{ code: 'power-unknown' as const, untilMs: null, detail: 'no such folder' }];
    expect(statusSentence({ ...waiting, reasons: broken }, NOW, 300).sentence).toMatch(
      /^Not serving: Lull cannot tell/,
    );
  });

  it('put in what exactly it is, where that tells', () => {
    expect(plainClause('game', 'Elden Ring')).toBe('Elden Ring is running');
    expect(plainClause('gpu-hot', '84 °C, limit 83 °C')).toBe(
      'the graphics card is too hot (84 °C, limit 83 °C)',
    );
    expect(plainClause('game', 'Ka$$h $& Co')).toBe('Ka$$h $& Co is running');
    expect(plainClause('game', null)).toBe('a game is running');
    expect(plainClause('other-gpu-app', 'blender, 40 %')).toBe(
      'blender uses the graphics card (40 %)',
    );
    expect(plainClause('other-gpu-app', 'another program, 40 %')).toBe(
      'another program uses the graphics card (40 %)',
    );
    expect(pastClause('fullscreen', 'mpv')).toBe('mpv filled the screen');
    expect(pastClause('cpu-hot', '101 °C')).toBe('the processor was too hot (101 °C)');
    expect(pastClause('on-battery', 'UPower')).toBe('this computer ran on battery');
  });

  it('follow the time after which the owner counts as away', () => {
    expect(policyWords('away', 60)).toBe('after 1 minute away');
    expect(policyWords('away', 600)).toBe('after 10 minutes away');
    const status = (leftMs: number): Status => ({
      ...SERVING,
      mode: 'waiting',
      reasons: [{ code: 'owner-active', untilMs: NOW + leftMs, detail: null }],
    });
    expect(statusSentence(status(599_500), NOW, 600)).toEqual({
      sentence: 'Waiting: you are using this computer; serves after 10 minutes away',
      time: 'in 9:59 if you stay away',
    });
    expect(statusSentence(status(60_000), NOW, 60).sentence).toContain('less than 1 minute ago');
    // It may take longer than usual after it has begun too often; then the true time is told.
    expect(statusSentence(status(600_000), NOW, 300).time).toBe('in 10:00 if you stay away');
  });

  it('give the duty with its cause', () => {
    expect(dutyWords(0.62, 'heat', 75)).toBe('at 62 % to hold 75 °C');
    expect(dutyWords(1, 'full', 75)).toBe('at full speed');
    const all = DUTY_CAUSES.map((cause) => dutyWords(0.5, cause, null));
    expect(new Set(all).size).toBe(DUTY_CAUSES.length);
  });

  it('tell a computer that nobody asks from one that offers nothing', () => {
    const all = STRETCH_CODES.map((code) => stretchSentence(code, null, false));
    expect(new Set(all).size).toBe(STRETCH_CODES.length);
    expect(stretchSentence('ready', null, false)).toBe('Ready, but the network has no work');
    expect(groupOf('ready')).not.toBe(groupOf('earning-off'));
    const groups = new Set(STRETCH_CODES.map(groupOf));
    expect([...groups].sort()).toEqual([...STRETCH_GROUPS].sort());
    expect(new Set(STRETCH_GROUPS.map(groupName)).size).toBe(STRETCH_GROUPS.length);
  });
});
