/** Where set-up leaves the test model. */
import path from 'node:path';

export const STARTER_PATH = path.resolve(
  import.meta.dirname,
  '../../node_modules/.cache/lull/cache/starter.gguf',
);
