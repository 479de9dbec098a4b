/** A model hub on this computer: its API and its files, as a test wants them. */
import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';

export const HUB_REVISION = 'c'.repeat(40);

export interface FakeHub {
  /** Ends in a slash. */
  readonly url: string;
  /** Paths with queries, in the order in which they were asked for. */
  readonly asked: readonly string[];
  /** Answers every request from now on in another way; null as a hub does. */
  answerWith(answer: ((response: ServerResponse) => void) | null): void;
  dispose(): Promise<void>;
}

/** @param files by `owner/name/path.gguf` */
export async function startFakeHub(files: ReadonlyMap<string, Uint8Array>): Promise<FakeHub> {
  const asked: string[] = [];
  let other: ((response: ServerResponse) => void) | null = null;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    asked.push(`${url.pathname}${url.search}`);
    if (other) other(response);
    else if (url.pathname === '/api/models') sendJson(response, listed(files, url));
    else if (url.pathname.startsWith('/api/models/')) {
      sendJson(response, described(files, url.pathname.slice('/api/models/'.length)));
    } else sendFile(response, files, url.pathname, request.headers.range);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    asked,
    answerWith(answer) {
      other = answer;
    },
    async dispose() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listed(files: ReadonlyMap<string, Uint8Array>, url: URL): unknown {
  const text = url.searchParams.get('search')?.toLowerCase() ?? '';
  const repositories = new Set([...files.keys()].map(repositoryOf));
  return [...repositories]
    .filter((name) => name.toLowerCase().includes(text))
    .map((id) => ({ id, downloads: 5, tags: ['gguf'] }));
}

function described(files: ReadonlyMap<string, Uint8Array>, repository: string): unknown {
  const own = [...files].filter(([name]) => repositoryOf(name) === repository);
  return {
    sha: HUB_REVISION,
    downloads: 5,
    tags: ['gguf', 'license:mit'],
    siblings: own.map(([name, bytes]) => ({
      rfilename: name.slice(repository.length + 1),
      lfs: { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length },
    })),
  };
}

function sendFile(
  response: ServerResponse,
  files: ReadonlyMap<string, Uint8Array>,
  path: string,
  range: string | undefined,
): void {
  const bytes = files.get(path.slice(1).replace(`resolve/${HUB_REVISION}/`, ''));
  if (!bytes) {
    response.writeHead(404).end();
    return;
  }
  const etag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const headers = { etag, 'accept-ranges': 'bytes' };
  if (from === undefined) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
    return;
  }
  const last = to === undefined || to === '' ? bytes.length - 1 : Number(to);
  const part = bytes.subarray(Number(from), last + 1);
  response
    .writeHead(206, {
      ...headers,
      'content-length': part.length,
      'content-range': `bytes ${from}-${String(last)}/${String(bytes.length)}`,
    })
    .end(part);
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function repositoryOf(name: string): string {
  return name.split('/').slice(0, 2).join('/');
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
