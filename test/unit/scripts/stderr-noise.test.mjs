/** Chromium's chatter goes, everything else stays. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNoiseFilter, isNoise } from '../../../scripts/stderr-noise.mjs';

const BUS =
  '[12:0101/120000.123456:ERROR:dbus/bus.cc:406] Failed to connect to the bus: no such file';

describe('isNoise', () => {
  it.each([
    BUS,
    '[12:34:0101/120000.123456:ERROR:dbus/object_proxy.cc(572)] Failed to call method',
    '[12:0101/120000.123456:WARNING:gpu/config/gpu_info.cc(1)] no device',
    'Xlib:  extension "DRI2" missing on display ":99".',
    '(lull:12): Gtk-WARNING **: theme not found',
  ])('hides %s', (line) => {
    expect(isNoise(line)).toBe(true);
  });

  it.each([
    '[12:0101/120000.123456:FATAL:dbus/bus.cc(406)] gone',
    '[12:0101/120000.123456:ERROR:ui/aura/env.cc(257)] The platform failed to initialize.  Exiting.',
    '[12:0101/120000.123456:ERROR:ui/ozone/platform/x11/ozone_platform_x11.cc(249)] Missing X server or $DISPLAY',
    '[12:0101/120000.123456:INFO:CONSOLE:3] "the page says hello"',
    'Error: Cannot find module dist/electron/main.js',
    'No model is open yet.',
  ])('keeps %s', (line) => {
    expect(isNoise(line)).toBe(false);
  });
});

describe('createNoiseFilter', () => {
  it('passes everything else on unchanged, however it was cut', () => {
    const text = `first\n${BUS}\nsecond\nlast without an end`;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        let written = '';
        const filter = createNoiseFilter((part) => {
          written += part;
        });
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (let i = 1; i < places.length; i++) filter.push(text.slice(places[i - 1], places[i]));
        filter.end();
        expect(written).toBe('first\nsecond\nlast without an end');
      }),
    );
  });
});
