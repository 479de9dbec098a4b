/** The table of words for every reason for not serving. */
import { NOT_READ_YET, TO_BE_TESTED, type ReasonCode } from './status.ts';

export interface ReasonWords {
  /** In the middle of a sentence, without a full stop. */
  readonly is: string;
  /** The same of a time that is over. */
  readonly was: string;
  /** The same where it is known what exactly, with `…` in its place; else that follows in brackets. */
  readonly of?: string;
  readonly wasOf?: string;
  /** What is over already and only has to have been so for a while, so that it ends at a known time. */
  readonly almost?: string;
  /** What ends it, where no time is known: a whole sentence. */
  readonly needs: string;
}

/** What is said instead where only the detail tells that nothing is wrong. */
export const WORDS_BY_DETAIL: Readonly<Record<string, ReasonWords>> = {
  [NOT_READ_YET]: {
    is: 'Lull reads the sensors for the first time',
    was: 'Lull read the sensors for the first time',
    needs: 'Nothing: it goes on with the first reading.',
  },
  [TO_BE_TESTED]: {
    is: 'the engine is tested before it serves',
    was: 'the engine had still to be tested',
    needs: 'Nothing: it is tested as soon as nothing else stands in the way.',
  },
};

const PROGRAM_ENDS = 'End that program, or allow it to run beside relays.';

/** One row for each reason; those of sensors name the temperature, since that is what they are asked for. */
export const REASON_WORDS: Readonly<Record<ReasonCode, ReasonWords>> = {
  'earning-off': { is: 'earning is off', was: 'earning was off', needs: 'Turn on earning.' },
  snoozed: { is: 'paused until you resume', was: 'you paused it', needs: 'Press Resume.' },
  suspended: {
    is: 'this computer is asleep',
    was: 'this computer was asleep',
    almost: 'this computer has only just woken up',
    needs: 'Wake this computer.',
  },
  'lid-shut': {
    is: 'the lid is closed',
    was: 'the lid was closed',
    almost: 'the lid was opened only just now',
    needs: 'Open the lid, or connect a screen.',
  },
  'gpu-lost': {
    is: 'the graphics card does not answer any more',
    was: 'the graphics card did not answer any more',
    needs: 'Restart this computer, since a card that was lost does not come back by itself.',
  },
  'gpu-critical': {
    is: 'the graphics card got dangerously hot',
    was: 'the graphics card had got dangerously hot',
    needs: 'Let the card cool down, and look whether its fans turn.',
  },
  'no-model': { is: 'no model is open', was: 'no model was open', needs: 'Choose a model.' },
  'engine-failed': {
    is: 'the engine stopped by a failure',
    was: 'the engine had stopped by a failure',
    needs: 'Restart the engine.',
  },
  'self-test-failed': {
    is: 'this computer answered its self-test wrongly',
    was: 'this computer had answered its self-test wrongly',
    needs: 'Run the self-test again, or try another driver or model.',
  },
  preparing: {
    is: 'Lull is still getting ready',
    was: 'Lull was still getting ready',
    needs: 'Nothing: it goes on as soon as the preparation is done.',
  },
  'network-failed': {
    is: 'the network does not work',
    was: 'the network did not work',
    needs: 'Start the network again, in Settings.',
  },
  'network-starting': {
    is: 'the network is starting',
    was: 'the network was starting',
    needs: 'Nothing: it goes on as soon as the network has started.',
  },
  'sensor-missing': {
    is: 'the temperature cannot be read',
    was: 'the temperature could not be read',
    needs: 'A driver that tells the temperature, or your consent to serve without it, in Settings.',
  },
  'sensor-stale': {
    is: 'the last reading of a sensor is too old',
    was: 'the last reading of a sensor was too old',
    needs: 'Nothing: it goes on with the next reading.',
  },
  'sensor-frozen': {
    is: 'the temperature does not change, though the card was busy',
    was: 'the temperature did not change, though the card was busy',
    needs: 'Run the self-test again; another driver may help.',
  },
  'sensor-lying': {
    is: 'the temperature that is told cannot be true',
    was: 'the temperature that was told could not be true',
    needs: 'Nothing: it goes on once the readings make sense. Another driver may help.',
  },
  'presence-unknown': {
    is: 'Lull cannot tell whether you are away',
    was: 'Lull could not tell whether you were away',
    needs: 'Serve only while the screen is locked, or even while you work.',
  },
  'power-unknown': {
    is: 'Lull cannot tell whether this computer runs on battery',
    was: 'Lull could not tell whether this computer ran on battery',
    needs: 'A system that tells about its power supply.',
  },
  game: {
    is: 'a game is running',
    was: 'a game was running',
    of: '… is running',
    wasOf: '… was running',
    almost: 'a game has only just ended',
    needs: PROGRAM_ENDS,
  },
  'exclusive-app': {
    is: 'a program of your list is running',
    was: 'a program of your list was running',
    of: '… is running, which is on your list',
    wasOf: '… was running, which is on your list',
    almost: 'a program of your list has only just ended',
    needs: 'End that program, or take it off your list.',
  },
  fullscreen: {
    is: 'a program fills the screen',
    was: 'a program filled the screen',
    of: '… fills the screen',
    wasOf: '… filled the screen',
    almost: 'a program has only just left the full screen',
    needs: 'Leave the full screen, or allow that program to run beside relays.',
  },
  'other-gpu-app': {
    is: 'another program uses the graphics card',
    was: 'another program used the graphics card',
    of: '… uses the graphics card',
    wasOf: '… used the graphics card',
    almost: 'another program used the graphics card only just now',
    needs: PROGRAM_ENDS,
  },
  'owner-active': {
    is: 'you are using this computer',
    was: 'you used this computer',
    needs: 'Leave this computer alone.',
  },
  'not-locked': {
    is: 'the screen is not locked',
    was: 'the screen was not locked',
    almost: 'the screen was locked only just now',
    needs: 'Lock the screen.',
  },
  'on-battery': {
    is: 'this computer runs on battery',
    was: 'this computer ran on battery',
    almost: 'mains power has only just come back',
    needs: 'Plug this computer in.',
  },
  'on-ups': {
    is: 'the mains failed, and a backup battery supplies this computer',
    was: 'the mains had failed, and a backup battery supplied this computer',
    almost: 'the mains has only just come back after a failure',
    needs: 'The mains has to come back.',
  },
  'charge-low': {
    is: 'the battery has to charge first',
    was: 'the battery had to charge first',
    needs: 'Leave this computer plugged in until the battery has 40 %.',
  },
  'charger-too-weak': {
    is: 'the battery empties though the charger is plugged in',
    was: 'the battery emptied though the charger was plugged in',
    needs: 'Use a stronger charger.',
  },
  'power-saver': {
    is: 'the system saves power',
    was: 'the system saved power',
    almost: 'the system saved power until just now',
    needs: 'Turn off power saving.',
  },
  'gpu-hot': {
    is: 'the graphics card is too hot',
    was: 'the graphics card was too hot',
    needs: 'Nothing: it goes on once the card has cooled down.',
  },
  'gpu-throttled': {
    is: 'the graphics card has slowed itself down',
    was: 'the graphics card had slowed itself down',
    needs: 'Nothing: it goes on once the card is fast again.',
  },
  'cpu-hot': {
    is: 'the processor is too hot',
    was: 'the processor was too hot',
    needs: 'Nothing: it goes on once the processor has cooled down.',
  },
  'battery-hot': {
    is: 'the battery is too warm',
    was: 'the battery was too warm',
    needs: 'Nothing: it goes on once the battery has cooled down.',
  },
  'system-hot': {
    is: 'the system says that it is too hot',
    was: 'the system said that it was too hot',
    needs: 'Nothing: it goes on once the system has cooled down.',
  },
  schedule: {
    is: 'it is outside of the hours that you chose',
    was: 'it was outside of the hours that you chose',
    needs: 'Wait for those hours, or change them in Settings.',
  },
  unprofitable: {
    is: 'electricity costs more than it earns',
    was: 'electricity cost more than it earned',
    needs: 'A better price or cheaper electricity, or turn that stop off in Settings.',
  },
  metered: {
    is: 'this connection is paid for by volume',
    was: 'the connection was paid for by volume',
    almost: 'this connection was paid for by volume until just now',
    needs: 'Another connection, or allow it in Settings.',
  },
  'memory-short': {
    is: 'too little memory is free for the model',
    was: 'too little memory was free for the model',
    needs: 'End a program that holds much memory, or choose a smaller model.',
  },
  restarting: {
    is: 'the engine is being restarted',
    was: 'the engine was being restarted',
    needs: 'Nothing: it goes on as soon as the engine runs.',
  },
  arming: {
    is: 'Lull looks whether the graphics card is free and cool',
    was: 'Lull looked whether the graphics card was free and cool',
    needs: 'Nothing: it begins as soon as the card has been looked at.',
  },
};
