/** Serves the page's files under app://lull, and nothing else. */
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import type { Protocol } from 'electron';

export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://lull';
export const APP_URL = `${APP_ORIGIN}/index.html`;

/** Arrives as a response header on every page; nothing from outside, nothing inline. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Must run before the app is ready. */
export function registerAppScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** @param root the folder with the built page. */
export function serveApp(protocol: Protocol, root: string): void {
  protocol.handle(APP_SCHEME, (request) => respond(request, root));
}

/** Status 405 for anything but GET, 404 for another host or no such file, 403 for a path that leaves `root`. */
export async function respond(
  request: Pick<Request, 'method' | 'url'>,
  root: string,
): Promise<Response> {
  if (request.method !== 'GET') return refusal(405);
  const url = new URL(request.url);
  if (url.host !== 'lull') return refusal(404);
  let path: string;
  try {
    path = decodeURIComponent(url.pathname);
  } catch {
    return refusal(403);
  }
  if (path.includes('\0') || path.split(/[/\\]/).includes('..')) return refusal(403);
  const contentType = CONTENT_TYPES[extname(path)];
  if (!contentType) return refusal(404);
  return serveFile(join(root, path), root, contentType);
}

async function serveFile(file: string, root: string, contentType: string): Promise<Response> {
  try {
    const real = await realpath(file);
    if (!real.startsWith((await realpath(root)) + sep)) return refusal(403);
    return new Response(await readFile(real), {
      headers: {
        'content-type': contentType,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
        'cross-origin-opener-policy': 'same-origin',
      },
    });
  } catch {
    // Absent and unreadable look the same to a page.
    return refusal(404);
  }
}

function refusal(status: number): Response {
  return new Response(null, { status });
}
