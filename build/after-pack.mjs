/** electron-builder's hook: takes out Electron's own demonstration app, which only a bare Electron shows. */
import { rm } from 'node:fs/promises';
import path from 'node:path';

/** @param {{ appOutDir: string, packager: { getResourcesDir(folder: string): string } }} context */
export async function afterPack(context) {
  const resources = context.packager.getResourcesDir(context.appOutDir);
  await rm(path.join(resources, 'default_app.asar'), { force: true });
}

export default afterPack;
