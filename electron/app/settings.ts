/** What the owner has chosen, and which models have been opened. */
import { z } from 'zod';
import { DEFAULT_GOVERNOR_SETTINGS, governorSettingsSchema } from '../ipc/governor.ts';
import { engineSettingsSchema, nextStepSchema, themeSchema } from '../ipc/snapshot.ts';
import { presencePolicySchema } from '../ipc/status.ts';

/** What a file of an earlier Lull does not have gets its value here. */
export const settingsSchema = z.strictObject({
  theme: themeSchema,
  /** Absolute paths, the latest first. */
  modelPaths: z.array(z.string()),
  /** `starter` or one of the paths. */
  currentModelId: z.string(),
  /** Whoever has settings of an earlier Lull began long ago. */
  hasBegun: z.boolean().default(true),
  skippedSteps: z.array(nextStepSchema).default([]),
  earning: z
    .strictObject({
      isOn: z.boolean(),
      presence: presencePolicySchema,
      afterRestart: z.boolean(),
    })
    .default({ isOn: false, presence: 'away', afterRestart: false }),
  isDiscreet: z.boolean().default(false),
  engine: engineSettingsSchema.default({ kvType: 'f16', server: null }),
  governor: governorSettingsSchema.default(DEFAULT_GOVERNOR_SETTINGS),
  downloads: z
    .strictObject({ limitBytesPerSecond: z.number().int().positive().nullable() })
    .default({ limitBytesPerSecond: null }),
  /** Whether the owner has been told once that closing the window does not end Lull. */
  toldClosing: z.boolean().default(false),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  modelPaths: [],
  currentModelId: 'starter',
  hasBegun: false,
  skippedSteps: [],
  earning: { isOn: false, presence: 'away', afterRestart: false },
  isDiscreet: false,
  engine: { kvType: 'f16', server: null },
  governor: DEFAULT_GOVERNOR_SETTINGS,
  downloads: { limitBytesPerSecond: null },
  toldClosing: false,
};
