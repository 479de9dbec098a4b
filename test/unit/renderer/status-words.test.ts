/** The words for every mode, policy and reason: what they claim, and that none is forgotten. */
import { describe, expect, it } from 'vitest';
import { REASON_CODES, type Reason, type Status } from '../../../electron/ipc/status.ts';
import {
  policyWords,
  reasonSentence,
  statusSentence,
  statusShort,
} from '../../../electron/ipc/status-words.ts';
import { fakeSnapshot } from '../../fakes/fake-snapshot.ts';

const NOW = new Date(2026, 0, 5, 13, 20).getTime();
/** Seconds. */
const AWAY = 300;
const MODES: readonly Status['mode'][] = ['off', 'waiting', 'serving', 'draining'];
const POLICIES: readonly Status['policy'][] = ['away', 'locked', 'always'];
const CHOOSERS: readonly Status['chosenBy'][] = ['owner', 'command-line', 'trial'];

function reason(code: Reason['code'], untilMs: number | null = null): Reason {
  return { code, untilMs, detail: null };
}

function status(changes: Partial<Status>): Status {
  return { ...fakeSnapshot().status, reasons: [], ...changes };
}

const words = (changes: Partial<Status>) => statusSentence(status(changes), NOW, AWAY);

describe('every state', () => {
  it('has one sentence, whatever mode, policy, chooser and reason come together', () => {
    for (const mode of MODES) {
      for (const policy of POLICIES) {
        for (const chosenBy of CHOOSERS) {
          for (const code of REASON_CODES) {
            for (const untilMs of [null, NOW + 260_000]) {
              const seen = status({ mode, policy, chosenBy, reasons: [reason(code, untilMs)] });
              const { sentence } = statusSentence(seen, NOW, AWAY);
              expect(sentence).toMatch(/^[A-Z][^.]+$/);
              expect(sentence).not.toMatch(/undefined|null|NaN/);
              expect(statusShort(seen)).toMatch(/^[A-Z][a-z ]+$/);
            }
          }
        }
      }
    }
  });

  it('names each reason by words of its own', () => {
    const all = REASON_CODES.map((code) => reasonSentence(reason(code), NOW, AWAY));
    expect(new Set(all).size).toBe(REASON_CODES.length);
    for (const sentence of all) expect(sentence).toMatch(/^[A-Z]/);
  });

  it('names the policy whenever presence or power decides', () => {
    for (const policy of POLICIES) {
      expect(words({ mode: 'waiting', policy }).sentence).toContain(policyWords(policy, AWAY));
      for (const code of [
        'owner-active',
        'not-locked',
        'presence-unknown',
        'on-battery',
      ] as const) {
        const { sentence } = words({ mode: 'waiting', policy, reasons: [reason(code)] });
        expect(sentence).toContain(policyWords(policy, AWAY));
      }
    }
    expect(words({ mode: 'serving', policy: 'away', duty: 1 }).sentence).toContain('away');
    expect(words({ mode: 'serving', policy: 'locked', duty: 1 }).sentence).toContain('locked');
    expect(words({ mode: 'serving', policy: 'always', duty: 0.5 }).sentence).toContain('you work');
  });

  it('never says that the owner is away when nobody can tell', () => {
    const { sentence } = words({ mode: 'waiting', reasons: [reason('presence-unknown')] });
    expect(sentence).toBe(
      'Not serving: Lull cannot tell whether you are away; serves after 5 minutes away',
    );
  });
});

describe('serving', () => {
  it('says at what speed, and who wanted it', () => {
    const always = { mode: 'serving', policy: 'always', duty: 0.5 } as const;
    expect(words(always)).toEqual({
      sentence: 'Serving now, even while you work, at half speed',
      time: null,
    });
    expect(words({ ...always, chosenBy: 'trial', trialRelaysLeft: 7 }).sentence).toBe(
      'Trying earning: serving 7 more questions, even while you work, at half speed',
    );
    expect(words({ ...always, chosenBy: 'trial', trialRelaysLeft: 1 }).sentence).toContain(
      '1 more question,',
    );
    expect(words({ ...always, duty: 1 }).sentence).toBe('Serving now, even while you work');
    expect(words({ ...always, duty: 0.3 }).sentence).toContain('at 30 % of full speed');
  });
});

describe('waiting for the owner to leave', () => {
  const after = (untilMs: number) =>
    words({ mode: 'waiting', reasons: [reason('owner-active', untilMs)] });

  it('says how long ago the computer was used and counts down', () => {
    expect(after(NOW + 260_000)).toEqual({
      sentence: 'Waiting: you used this computer just now; serves after 5 minutes away',
      time: 'in 4:20 if you stay away',
    });
    expect(after(NOW + 150_000).sentence).toContain('2 min ago');
    expect(after(NOW + 300_000).sentence).toContain('you are using this computer');
    expect(after(NOW + 9_000).time).toBe('in 0:09 if you stay away');
    expect(after(NOW - 1).time).toBe('in a moment if you stay away');
  });

  it('says the same for a minute: a headline that changes with every second cannot be read', () => {
    const sentences = [241_000, 260_000, 298_000].map((leftMs) => after(NOW + leftMs).sentence);
    expect(new Set(sentences).size).toBe(1);
  });

  it('never counts down from more than the five minutes that it names', () => {
    expect(after(NOW + 301_500).time).toBe('in 5:00 if you stay away');
  });

  it('claims no time that it cannot know, since a short return is forgiven sooner', () => {
    for (const leftMs of [0, 60_000, 120_000]) {
      expect(after(NOW + leftMs).sentence).toContain('less than 5 minutes ago');
    }
  });

  it('names no time while something else has no end', () => {
    const reasons = [reason('owner-active', NOW + 1_000), reason('on-battery')];
    expect(words({ mode: 'waiting', reasons }).time).toBeNull();
  });
});

describe('a pause', () => {
  it('says until when, and in how long', () => {
    const paused = { mode: 'waiting', reasons: [reason('snoozed', NOW + 1_800_000)] } as const;
    expect(words({ ...paused, reasons: [...paused.reasons] })).toEqual({
      sentence: 'Paused until 13:50',
      time: 'in 30:00',
    });
    expect(statusShort(status({ ...paused, reasons: [...paused.reasons] }))).toBe('Paused');
    const active = reason('owner-active', NOW + 250_000);
    expect(words({ mode: 'waiting', reasons: [...paused.reasons, active] }).time).toBe(
      'in 30:00 if you are away by then',
    );
    const later = words({ mode: 'waiting', reasons: [reason('snoozed', NOW + 3_600_000)] });
    expect(later.time).toBe('at 14:20');
  });
});

describe('finishing', () => {
  it('says what is still under way, and why nothing new is taken', () => {
    const reasons = [reason('owner-active', NOW + 300_000)];
    expect(words({ mode: 'draining', relaysInFlight: 2, reasons }).sentence).toBe(
      'Finishing 2 relays: you are using this computer',
    );
    expect(words({ mode: 'draining', relaysInFlight: 1 }).sentence).toBe('Finishing 1 relay');
  });
});

describe('a reason', () => {
  it('carries its detail, and stands by itself as a sentence', () => {
    const detail = 'xprintidle answers 0';
    expect(reasonSentence({ code: 'presence-unknown', untilMs: null, detail }, NOW, AWAY)).toBe(
      'Lull cannot tell whether you are away (xprintidle answers 0)',
    );
    const battery = { ...reason('on-battery'), detail: 'upower' };
    expect(reasonSentence(battery, NOW, AWAY)).toBe('This computer runs on battery');
    expect(reasonSentence(reason('snoozed', NOW), NOW, AWAY)).toBe('Paused until 13:20');
  });

  it('that is over already and has to last says so, and not the opposite', () => {
    const soon = (code: Reason['code']) => reasonSentence(reason(code, NOW + 20_000), NOW, AWAY);
    expect(soon('not-locked')).toBe('The screen was locked only just now');
    expect(soon('on-battery')).toBe('Mains power has only just come back');
    expect(soon('suspended')).toBe('This computer has only just woken up');
  });
});
