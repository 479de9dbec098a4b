/** Everything that can change the state the window shows. */
import type {
  Candidate,
  Conversation,
  Endpoint,
  EngineState,
  ModelInfo,
  Notice,
  Setup,
  SettingsView,
  SetupStep,
} from '../ipc/snapshot.ts';
import type { Check } from '../ipc/doctor.ts';
import type { GovernorView } from '../ipc/governor.ts';
import type { Models } from '../ipc/models.ts';
import type { Earnings, Network } from '../ipc/network.ts';
import type { FailureText } from '../ipc/result.ts';
import type { Status } from '../ipc/status.ts';
import type { Wallet } from '../ipc/wallet.ts';

export type HubEvent =
  | { readonly type: 'setup-started'; readonly steps: readonly SetupStep[] }
  | {
      readonly type: 'setup-step';
      readonly id: SetupStep['id'];
      readonly change: Partial<Omit<SetupStep, 'id' | 'title'>>;
    }
  | {
      readonly type: 'setup-ended';
      readonly phase: Exclude<Setup['phase'], 'running'>;
      readonly failure: FailureText | null;
    }
  | { readonly type: 'engine-changed'; readonly change: Partial<Omit<EngineState, 'candidates'>> }
  | { readonly type: 'candidates-found'; readonly candidates: readonly Candidate[] }
  | {
      readonly type: 'models-changed';
      readonly current: ModelInfo | null;
      readonly known: readonly ModelInfo[];
    }
  | { readonly type: 'offers-changed'; readonly change: Partial<Models> }
  | { readonly type: 'endpoint-changed'; readonly endpoint: Endpoint }
  | { readonly type: 'network-changed'; readonly change: Partial<Network> }
  | { readonly type: 'earnings-changed'; readonly change: Partial<Earnings> }
  | { readonly type: 'settings-changed'; readonly change: Partial<SettingsView> }
  | { readonly type: 'status-changed'; readonly status: Status }
  | { readonly type: 'governor-changed'; readonly change: Partial<GovernorView> }
  | { readonly type: 'wallet-changed'; readonly change: Partial<Wallet> }
  | { readonly type: 'doctor-ran'; readonly checks: readonly Check[]; readonly atMs: number }
  | { readonly type: 'conversations-loaded'; readonly conversations: readonly Conversation[] }
  | { readonly type: 'conversation-saved'; readonly conversation: Conversation }
  | { readonly type: 'conversation-deleted'; readonly conversationId: string }
  | { readonly type: 'notice-raised'; readonly notice: Notice }
  | { readonly type: 'notice-dismissed'; readonly noticeId: string };
