/** One question to Windows by its PowerShell, and how to read the answer. Written by knowledge; not seen working. */
import { z } from 'zod';
import type { MachineValues } from '../sensors.ts';

export type WindowsKey = 'batteryPercent' | 'isSavingPower' | 'isMetered';

/** Each part fails on its own and is null then. */
export const WINDOWS_SCRIPT = [
  "$ErrorActionPreference = 'Stop'",
  '$percent = $null; $saver = $null; $cost = $null',
  'try { $percent = (Get-CimInstance Win32_Battery | Measure-Object EstimatedChargeRemaining -Minimum).Minimum } catch {}',
  'try { $saver = [Windows.System.Power.PowerManager, Windows.System.Power, ContentType=WindowsRuntime]::EnergySaverStatus.ToString() } catch {}',
  'try { $cost = [Windows.Networking.Connectivity.NetworkInformation, Windows.Networking.Connectivity, ContentType=WindowsRuntime]::GetInternetConnectionProfile().GetConnectionCost().NetworkCostType.ToString() } catch {}',
  '@{ percent = $percent; saver = $saver; cost = $cost } | ConvertTo-Json -Compress',
].join('; ');

const answerSchema = z.object({
  percent: z.number().nullish(),
  /** Disabled: on mains, or none; Off: could be on. */
  saver: z.string().nullish(),
  cost: z.string().nullish(),
});

/** @throws Error when it is no such answer */
export function windowsValues(text: string): Partial<Pick<MachineValues, WindowsKey>> {
  // A mark of the byte order may come first.
  const { percent, saver, cost } = answerSchema.parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  return {
    // Some batteries tell more than they can hold.
    ...(percent != null && { batteryPercent: Math.min(100, Math.max(0, percent)) }),
    ...(saver != null && { isSavingPower: saver === 'On' }),
    ...(cost != null && cost !== 'Unknown' && { isMetered: cost !== 'Unrestricted' }),
  };
}
