/** What is used of the D-Bus library, whose own types leave it out. */
import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

declare module '@homebridge/dbus-native' {
  export interface OutgoingCall {
    readonly destination: string;
    readonly path: string;
    readonly interface: string;
    readonly member: string;
    readonly signature?: string;
    readonly body?: readonly unknown[];
    readonly flags?: number;
  }

  export interface ClientBus {
    readonly connection: EventEmitter;
    invoke(
      message: OutgoingCall,
      callback: (error: unknown, ...values: readonly unknown[]) => void,
    ): void;
  }

  export function createClient(options: {
    readonly stream: Duplex;
    readonly authMethods: readonly string[];
  }): ClientBus;
}
