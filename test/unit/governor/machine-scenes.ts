/** Machines, programs, hours and money for the tests of the governor's decision. */
import type { Scene } from './scene.ts';

export const machine = (values: Scene['machine'], more: Partial<Scene> = {}): Partial<Scene> => ({
  machine: values,
  ...more,
});
export const GAME = machine({ apps: [{ name: 'Portal', by: 'mark' }] });
export const LISTED = machine({ apps: [{ name: 'blender', by: 'list' }] });
export const FILM = machine({ fullscreen: 'mpv' });
export const unknown = (values: Scene['unknown']): Partial<Scene> => ({ unknown: values });
export const hours = (
  fromMinute: number,
  toMinute: number,
  minuteOfWeek: number,
): Partial<Scene> => ({
  settings: { hours: { fromMinute, toMinute } },
  minuteOfWeek,
});
export const earning = (earnsMicros: number, costsMicros: number): Partial<Scene> => ({
  rate: { earnsMicros, costsMicros },
});

export const SHUT = machine({ isLidShut: true });
export const OPEN = machine({ isLidShut: false });
export const CALM = machine({ apps: [], fullscreen: '' });
