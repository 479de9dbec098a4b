/** What the owner has chosen, and which models have been opened. */
import { z } from 'zod';
import { themeSchema } from '../ipc/snapshot.ts';

export const settingsSchema = z.strictObject({
  theme: themeSchema,
  /** Absolute paths, the latest first. */
  modelPaths: z.array(z.string()),
  /** `starter` or one of the paths. */
  currentModelId: z.string(),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  modelPaths: [],
  currentModelId: 'starter',
};
