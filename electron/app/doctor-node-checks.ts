/** The doctor's checks of what a chat needs: data folder, engine, model, endpoint, keys. */
import type {
  BackendName,
  Candidate,
  EngineState,
  ExternalServer,
  Snapshot,
} from '../ipc/snapshot.ts';
import type { FailureText } from '../ipc/result.ts';
import type { ErrorCode } from '../ipc/error-codes.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { DoctorFacts, Finding } from './doctor-checks.ts';

const BACKENDS: Readonly<Record<BackendName, string>> = {
  metal: 'Metal',
  cuda: 'CUDA',
  vulkan: 'Vulkan',
  cpu: 'the processor',
};

const BYTES_PER_GIBIBYTE = 2 ** 30;
/** Less than this is soon used up by conversations and receipts, and holds no other model. */
const LOW_BYTES = BYTES_PER_GIBIBYTE;

/** Failures of a key file or of the process that holds the keys. */
const KEY_CODES: ReadonlySet<ErrorCode> = new Set([
  'keys-sealed',
  'keys-unusable',
  'signer-unavailable',
]);

export function checkData({ app }: Snapshot, { dataFolder }: DoctorFacts): Finding {
  const { fault, freeBytes } = dataFolder;
  const open = { label: 'Open the folder', action: 'open-data-folder' } as const;
  if (fault !== null) {
    const proof = `Nothing can be written to ${app.dataFolder}: ${fault}`;
    return { state: 'failed', proof, fix: open };
  }
  const written = `A file could be written to ${app.dataFolder}, read back and removed`;
  if (freeBytes === null) return ok(`${written}.`);
  const proof = `${written}; ${(freeBytes / BYTES_PER_GIBIBYTE).toFixed(1)} GiB are free.`;
  return freeBytes < LOW_BYTES ? { state: 'attention', proof, fix: open } : ok(proof);
}

export function checkEngine(snapshot: Snapshot): Finding {
  const { engine, setup } = snapshot;
  const { server } = snapshot.settings.engine;
  if (server !== null) return checkServer(engine, server);
  const again = { label: 'Test again', action: 'probe-again' } as const;
  const { failure, candidates } = engine;
  switch (engine.state) {
    case 'probing':
      return running('Each way to run a model is being tried with a test question.');
    case 'unprobed':
      return notTestedYet(setup);
    case 'failed':
      if (failure && isOfModel(failure.code)) break;
      return failed(failure, 'No way to run a model has passed the test.', again);
    case 'asleep':
    case 'loading':
    case 'ready':
    case 'working':
      break;
    default:
      return assertNever(engine.state);
  }
  const chosen = candidates.find(({ state }) => state === 'chosen');
  if (chosen) return chosenProof(chosen);
  const proof = 'It runs, but nothing is known of how it did in the test.';
  return { state: 'attention', proof, fix: again };
}

/** It is asked when the engine is loaded, and with every question. */
function checkServer({ state, failure }: EngineState, { baseUrl }: ExternalServer): Finding {
  const settings = { label: 'Open Settings', action: 'open-settings' } as const;
  if (state === 'failed') {
    return failed(failure, `The server at ${baseUrl} does not answer.`, settings);
  }
  if (state === 'ready' || state === 'working') {
    return ok(`The server at ${baseUrl} answers in place of Lull's own engine.`);
  }
  const proof = `The server at ${baseUrl} answers in place of Lull's own engine; it has not been asked yet.`;
  return { state: 'off', proof, fix: null };
}

function notTestedYet(setup: Snapshot['setup']): Finding {
  const retry = { label: 'Finish setting up', action: 'retry-setup' } as const;
  switch (setup.phase) {
    case 'running':
      return running('Lull is still setting up.');
    case 'cancelled':
      return { state: 'attention', proof: 'Setting up was stopped before its end.', fix: retry };
    case 'failed':
      return failed(setup.failure, 'Setting up failed.', retry);
    case 'done':
      return { state: 'attention', proof: 'The engine has not been tested.', fix: retry };
    default:
      return assertNever(setup.phase);
  }
}

function chosenProof(candidate: Candidate): Finding {
  const { backend, device, goldenAnswer, layersOffloaded, layersTotal, tokensPerSecond } =
    candidate;
  const where = device === null ? BACKENDS[backend] : `${BACKENDS[backend]} (${device.name})`;
  const layers =
    layersOffloaded === null || layersTotal === null || backend === 'cpu'
      ? ''
      : `, with ${layersOffloaded} of ${layersTotal} layers on it`;
  const speed =
    tokensPerSecond === null ? '' : `, at ${tokensPerSecond.toFixed(0)} tokens a second`;
  if (goldenAnswer === true) {
    return ok(
      `llama.cpp on ${where} gave exactly the expected answer to the test question${layers}${speed}.`,
    );
  }
  const why =
    goldenAnswer === false
      ? 'gave another answer than expected'
      : 'was not asked the test question';
  return {
    state: 'attention',
    proof: `llama.cpp on ${where} ${why}.`,
    fix: { label: 'Test again', action: 'probe-again' },
  };
}

export function checkModel({ model, engine }: Snapshot): Finding {
  const { current } = model;
  const { state, failure } = engine;
  if (current === null) {
    return failed(null, 'No model is open.', { label: 'Open a model', action: 'open-model' });
  }
  const other = { label: 'Open another model', action: 'open-model' } as const;
  if (failure && isOfModel(failure.code)) {
    return failed(failure, `${current.name} could not be loaded.`, other);
  }
  const isLoaded = state === 'ready' || state === 'working';
  const loaded = isLoaded ? 'is loaded' : 'was read from its file and loads with the next question';
  const facts = `${current.name}, ${current.quantisation ?? current.architecture}, ${loaded}.`;
  if (state === 'loading') return running(`${current.name} is being loaded.`);
  if (!current.hasChatTemplate) {
    const proof = `${facts} It is a base model: it continues text and does not answer questions.`;
    return { state: 'attention', proof, fix: other };
  }
  // Where to get a real one is said by the next steps, which stand above the checks.
  return ok(
    current.isStarter
      ? `${facts} It is the test model: it shows that everything works, and knows little.`
      : facts,
  );
}

export function checkEndpoint({ endpoint }: Snapshot, { opensEndpoint }: DoctorFacts): Finding {
  if (!opensEndpoint) return off('This run opens no endpoint.');
  switch (endpoint.state) {
    case 'starting':
      return running('It is being opened.');
    case 'listening':
      return ok(`It listens on ${endpoint.url ?? 'this computer'}, for this computer only.`);
    case 'failed': {
      const fix = { label: 'Open Settings', action: 'open-settings' } as const;
      return failed(endpoint.failure, 'It could not be opened.', fix);
    }
    default:
      return assertNever(endpoint.state);
  }
}

export function checkKeys({ wallet, network, notices }: Snapshot): Finding {
  const failures = [network.failure, wallet.failure, ...notices.map(({ failure }) => failure)];
  const failure = failures.find((one) => one !== null && KEY_CODES.has(one.code));
  if (failure) {
    const fix = { label: 'Open the folder', action: 'open-data-folder' } as const;
    return failed(failure, 'The keys cannot be used.', fix);
  }
  switch (wallet.keptIn) {
    case null:
      return off('The practice keys have not been needed yet; they are made with the first use.');
    case 'key-store':
      return ok('The practice keys were opened; they are sealed by the system’s key store.');
    case 'file':
      return ok(
        'The practice keys were opened; they lie in a file that only you can read, because there is no key store to seal them.',
      );
    default:
      return assertNever(wallet.keptIn);
  }
}

function isOfModel(code: ErrorCode): boolean {
  return code.startsWith('model-');
}

export function ok(proof: string): Finding {
  return { state: 'ok', proof, fix: null };
}

export function running(proof: string): Finding {
  return { state: 'running', proof, fix: null };
}

export function off(proof: string, fix: Finding['fix'] = null): Finding {
  return { state: 'off', proof, fix };
}

/** @param otherwise what is known when no failure was kept */
export function failed(
  failure: FailureText | null,
  otherwise: string,
  fix: Finding['fix'],
): Finding {
  const details = failure?.details ? ` (${failure.details})` : '';
  return { state: 'failed', proof: failure ? `${failure.message}${details}` : otherwise, fix };
}
