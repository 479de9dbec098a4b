/** `lull --headless`: no window, an endpoint, and one line that says how to use it. */
import { AppError } from '../platform/app-error.ts';
import type { LullNode } from './compose-node.ts';
import { tellSteps } from './tell-steps.ts';
import { describeFailure, EXIT, type Terminal } from './terminal.ts';

/**
 * Resolves to an exit code when it cannot go on, and to null once it is up: then it stays until it is ended.
 */
export async function runHeadless(
  node: LullNode,
  terminal: Terminal,
  json: boolean,
): Promise<number | null> {
  const stopTelling = tellSteps(node.hub, terminal);
  try {
    await node.start();
    await node.preparation.ready();
    const info = await node.endpoint.listening();
    await node.preparation.over();
    stopTelling();
    if (json) {
      const { url: endpoint, tokenPath, dataFolder } = info;
      terminal.print(JSON.stringify({ endpoint, tokenPath, dataFolder }));
    } else for (const line of usage(info.url, info.tokenPath)) terminal.print(line);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    terminal.tell(describeFailure(error));
    return EXIT.failed;
  } finally {
    stopTelling();
  }
}

function usage(url: string, tokenPath: string): string[] {
  return [
    `Lull is ready. OpenAI-compatible endpoint: ${url}`,
    `Its bearer token is in ${tokenPath}. Try:`,
    `  curl ${url}/chat/completions -H "Authorization: Bearer $(cat ${tokenPath})" \\`,
    `    -H 'Content-Type: application/json' \\`,
    `    -d '{"model":"lull-default","messages":[{"role":"user","content":"Hello"}]}'`,
  ];
}
