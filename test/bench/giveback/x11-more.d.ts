/** The parts of x11 4.2.2 that only this bench uses, beside those of the sensors. */
declare module 'x11' {
  interface XTest {
    readonly KeyPress: number;
    readonly KeyRelease: number;
    readonly MotionNotify: number;
    FakeInput(type: number, detail: number, time: 0, root: number, x: number, y: number): void;
  }

  interface ScreenSaver {
    QueryInfo(window: number, reply: Reply<{ readonly idle: number }>): void;
  }

  interface XClient {
    require(extension: 'xtest', reply: Reply<XTest>): void;
    require(extension: 'screen-saver', reply: Reply<ScreenSaver>): void;
    terminate(): void;
  }
}
