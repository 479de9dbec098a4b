/** Reads what macOS's own programs print. Written by knowledge of their output; not seen working. */
import type { MachineValues } from '../sensors.ts';

type Battery = Partial<Pick<MachineValues, 'batteryPercent' | 'batteryCelsius' | 'isOnUps'>>;

/**
 * @param charge of `pmset -g batt`
 * @param details of `ioreg -r -n AppleSmartBattery`; empty on a desktop
 */
export function macBattery(charge: string, details: string): Battery {
  const from = /Now drawing from '([^']+)'/.exec(charge)?.[1];
  const percent = /InternalBattery[^\n]*?\b(\d{1,3})%/.exec(charge)?.[1];
  const hasUps = /^\s*-(?!InternalBattery)[^\n]*\b\d{1,3}%/m.test(charge) || from === 'UPS Power';
  const hundredths = /"Temperature" = (\d+)/.exec(details)?.[1];
  return {
    ...(percent !== undefined && { batteryPercent: Math.min(100, Number(percent)) }),
    ...(hundredths !== undefined && { batteryCelsius: Number(hundredths) / 100 }),
    ...(hasUps && from !== undefined && { isOnUps: from === 'UPS Power' }),
  };
}

/** @param text of `pmset -g`: *Low Power Mode*, by its owner or by a low battery */
export function macSaver(text: string): Partial<Pick<MachineValues, 'isSavingPower'>> {
  const mode = /^\s*lowpowermode\s+(\d+)/m.exec(text)?.[1];
  // Newer models name one mode of three: 0 automatic, 1 low, 2 high.
  const power = mode ?? /^\s*powermode\s+(\d+)/m.exec(text)?.[1];
  return power === undefined ? {} : { isSavingPower: power === '1' };
}

/** @param text of `pmset -g therm`; Apple's own processors print none of it */
export function macSpeedPercent(text: string): Partial<Pick<MachineValues, 'cpuSpeedPercent'>> {
  const limit = /^\s*CPU_Speed_Limit\s*=\s*(\d{1,3})\s*$/m.exec(text)?.[1];
  return limit === undefined ? {} : { cpuSpeedPercent: Math.min(100, Number(limit)) };
}
