/** Fetches one JSON document from a server that may be hostile: bounded in time, size and redirects. */
import { AppError } from '../platform/app-error.ts';

const MAX_BYTES = 4 * 2 ** 20;
const TIMEOUT_MS = 15_000;
const MAX_REDIRECTS = 3;
const MAX_SAID_LENGTH = 200;

/** @throws AppError `hub-unreachable` */
export async function boundedJson(url: URL, timeoutMs = TIMEOUT_MS): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const body = await bodyOf(await follow(url, signal));
    return JSON.parse(body) as unknown;
  } catch (error) {
    if (error instanceof AppError) throw error;
    const details = signal.aborted
      ? `It took longer than ${String(timeoutMs / 1000)} s.`
      : `It could not be asked (${reason(error)}).`;
    throw new AppError('hub-unreachable', { details, cause: error });
  }
}

/** Only to the same host: whoever answers is who was asked. */
async function follow(url: URL, signal: AbortSignal): Promise<Response> {
  let at = url;
  for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
    const response = await fetch(at, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json' },
    });
    if (response.ok) return response;
    await response.body?.cancel();
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) {
      throw unreachable(`It answered with status ${String(response.status)}.`);
    }
    const next = new URL(location, at);
    if (next.origin !== url.origin) throw unreachable('It sends to another server.');
    at = next;
  }
  throw unreachable('It redirects without end.');
}

async function bodyOf(response: Response): Promise<string> {
  if (response.body === null) throw unreachable('It answered with nothing.');
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body) {
    length += part.length;
    // Leaving the loop cancels the rest.
    if (length > MAX_BYTES) throw unreachable('Its answer is too long.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function unreachable(details: string): AppError {
  return new AppError('hub-unreachable', { details });
}

/** What lies below is named by the innermost cause: a refused connection, for example. */
function reason(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return reason(error.cause);
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(0, MAX_SAID_LENGTH);
}
