/** The practice chain's HTTP port, and a second app that joins through it. */
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createChainClient } from '../../../electron/chain/chain-client.ts';
import { ChainError } from '../../../electron/chain/eip1193.ts';
import { FAUCET_ADDRESS, PRACTICE_CHAIN_ID } from '../../../electron/chain/practice-genesis.ts';
import { createRemoteChain } from '../../../electron/chain/remote-chain.ts';
import { FAUCET, startRunningChain, type RunningChain } from '../../fakes/running-chain.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Question {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let served: RunningChain;
let url = '';
beforeAll(async () => {
  served = startRunningChain({ rpcPort: 0 });
  url = (await served.chain.start()).rpcUrl ?? '';
});
afterAll(() => served.dispose());

function ask({ method = 'POST', path = '/', headers = {}, body = '' }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(
      new URL(path, url),
      { method, headers: { 'content-type': 'application/json', ...headers }, agent: false },
      (reply) => {
        const chunks: Buffer[] = [];
        reply.on('data', (chunk: Buffer) => chunks.push(chunk));
        reply.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

function rpc(method: string, params: unknown = []): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

describe('the port', () => {
  it('answers what EIP-1193 clients ask', async () => {
    const { status, text } = await ask({ body: rpc('eth_chainId') });
    expect(status).toBe(200);
    const result = `0x${PRACTICE_CHAIN_ID.toString(16)}`;
    expect(JSON.parse(text)).toEqual({ jsonrpc: '2.0', id: 1, result });
  });

  it.each([
    ['another name', { headers: { host: 'evil.example' } }, 403],
    ['another port', { headers: { host: '127.0.0.1:1' } }, 403],
    ['a web page', { headers: { origin: 'http://127.0.0.1' } }, 403],
    ['a form', { headers: { 'content-type': 'text/plain' } }, 415],
    ['a GET', { method: 'GET', body: '' }, 405],
    ['a preflight', { method: 'OPTIONS', body: '' }, 405],
    ['another path', { path: '/other' }, 404],
    ['a length beyond the limit', { headers: { 'content-length': '1048577' } }, 413],
  ])('refuses %s', async (_name, question: Question, expected) => {
    const { status, headers, text } = await ask({ body: rpc('eth_chainId'), ...question });
    expect(status).toBe(expected);
    expect(text).toBe('');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('refuses a body that grows beyond the limit', async () => {
    const body = 'x'.repeat(1024 * 1024 + 1);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect(await ask({ body, headers: chunked })).toMatchObject({ status: 413 });
  });

  it.each([
    ['no JSON', '{', -32_700],
    ['no call', '{}', -32_600],
    ['a batch', `[${rpc('eth_chainId')}]`, -32_600],
    ['an unknown field', rpc('eth_chainId').replace('}', ',"x":1}'), -32_600],
    ['time travel', rpc('evm_increaseTime', [60]), -32_601],
    ['money from nowhere', rpc('hardhat_setBalance', [FAUCET_ADDRESS, '0x0']), -32_601],
    ['a stranger’s account', rpc('eth_sendTransaction', [{}]), -32_601],
  ])('answers %s with a code', async (_name, body, code) => {
    const { status, text } = await ask({ body });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ error: { code } });
  });

  it('gives what a reverted call returned', async () => {
    // Reverts with the four bytes 0xdeadbeef.
    const data = '0x63deadbeef5f526004601cfd';
    const { text } = await ask({ body: rpc('eth_call', [{ data }, 'latest']) });
    expect(JSON.parse(text)).toMatchObject({ error: { code: -32_000, data: '0xdeadbeef' } });
  });

  it('says when it is taken', async () => {
    const other = startRunningChain({ rpcPort: Number(new URL(url).port) });
    await expect(other.chain.start()).rejects.toSatisfy(
      (error) => error instanceof ChainError && /EADDRINUSE/.test(error.details ?? ''),
    );
    await other.dispose();
  });
});

describe('a second app', () => {
  it('sees and makes the same transactions', async () => {
    const joined = startRunningChain({ remoteUrl: url });
    const call = { to: FAUCET_ADDRESS, data: '0x', valueWei: 0n } as const;
    const [one, other] = await Promise.all([
      served.journal('one').send('test', FAUCET, call, { key: 'here' }),
      joined.journal('two').send('test', FAUCET, call, { key: 'there' }),
    ]);
    // Both have the faucet's key, so one may have taken the other's nonce; never both.
    expect([one.state, other.state]).toContain('mined');
    const here = createChainClient(served.chain);
    const there = createChainClient(joined.chain);
    expect(await there.blockHash(1)).toBe(await here.blockHash(1));
    expect(await there.nonceOf(FAUCET.address)).toBe(await here.nonceOf(FAUCET.address));
    await joined.dispose();
  });
});

describe('a remote chain', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** A server that answers as the test says. */
  async function listen(answer: Parameters<typeof createServer>[1]): Promise<string> {
    const mine = createServer({}, answer);
    server = mine;
    await new Promise<void>((resolve) => mine.listen(0, '127.0.0.1', resolve));
    // A server that listens on a port has such an address.
    return `http://127.0.0.1:${String((mine.address() as AddressInfo).port)}`;
  }
  const limits = { maxReplyBytes: 1_000, timeoutMs: 200 };
  const block = { method: 'eth_blockNumber', params: [] };

  it.each([
    'https://127.0.0.1/',
    'http://example.com/',
    'http://127.0.0.1.evil.com/',
    'x',
    'http://a@127.0.0.1/',
  ])('is never at %s', (address) => {
    expect(() => createRemoteChain(address)).toThrow(
      expect.objectContaining({ fault: 'unavailable' }),
    );
  });

  it.each([
    ['a redirect', 302, '', 'unavailable'],
    ['an error page', 500, 'oops', 'unavailable'],
    ['no JSON', 200, 'oops', 'malformed'],
    ['no JSON-RPC', 200, '{"x":1}', 'malformed'],
    ['too much', 200, JSON.stringify({ result: 'x'.repeat(2_000) }), 'malformed'],
    ['a refusal', 200, '{"error":{"code":3,"message":"no","data":{"data":"0x12"}}}', 'refused'],
  ])('turns %s into a failure', async (_name, status, body, fault) => {
    const remote = await listen((_request, response) => {
      response.writeHead(status, status === 302 ? { location: url } : {});
      response.end(body);
    });
    const asked = createRemoteChain(remote, limits).request(block);
    await expect(asked).rejects.toMatchObject({ fault });
  });

  it('does not wait for ever, nor for a server that drips', async () => {
    const silent = createRemoteChain(await listen(() => undefined), limits).request(block);
    await expect(silent).rejects.toMatchObject({ fault: 'unavailable' });
    server?.close();
    const dripping = await listen((_request, response) => {
      response.writeHead(200).write('{');
      const drip = setInterval(() => response.write(' '), 50);
      response.once('close', () => {
        clearInterval(drip);
      });
    });
    const dripped = createRemoteChain(dripping, limits).request(block);
    await expect(dripped).rejects.toMatchObject({ fault: 'unavailable' });
    const gone = createRemoteChain('http://127.0.0.1:1/', limits).request(block);
    await expect(gone).rejects.toMatchObject({ fault: 'unavailable' });
  });
});
