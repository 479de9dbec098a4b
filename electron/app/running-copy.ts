/** How a second copy of Lull finds the endpoint of the one that already runs on the same data folder. */
import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomically } from '../platform/atomic-file.ts';
import type { Paths } from './paths.ts';

const endpointInfoSchema = z.strictObject({
  // The token is sent there, so nothing but this computer will do.
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d+\/v1$/),
  tokenPath: z.string(),
  dataFolder: z.string(),
  hasWindow: z.boolean(),
});

/** What `--headless --json` prints, and what the data folder holds while Lull runs. */
export interface EndpointInfo {
  /** Base URL for an OpenAI client, ending in `/v1`. */
  readonly url: string;
  readonly tokenPath: string;
  readonly dataFolder: string;
  /** Whether that copy can show itself when Lull is started again. */
  readonly hasWindow: boolean;
}

export function announceEndpoint(paths: Paths, info: EndpointInfo): void {
  writeFileAtomically(paths.endpointInfo, `${JSON.stringify(info)}\n`);
}

export function withdrawEndpoint(paths: Paths): void {
  rmSync(paths.endpointInfo, { force: true });
}

/** The running copy's endpoint and token; null when there is none that can be read. */
export function findRunningCopy(paths: Paths): { info: EndpointInfo; token: string } | null {
  try {
    const info = endpointInfoSchema.parse(JSON.parse(readFileSync(paths.endpointInfo, 'utf8')));
    return { info, token: readFileSync(info.tokenPath, 'utf8').trim() };
  } catch {
    // No file, half a file and a foreign file all mean the same to the caller: nobody to ask.
    return null;
  }
}
