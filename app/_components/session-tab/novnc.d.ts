/** What this product uses of noVNC 1.7; the package ships no types. See its docs/API.md. */
declare module "@novnc/novnc" {
  interface RfbOptions {
    readonly shared?: boolean;
    readonly credentials?: { readonly username?: string; readonly password?: string };
    readonly wsProtocols?: readonly string[];
  }

  interface RfbEventMap {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ readonly clean: boolean }>;
    securityfailure: CustomEvent<{ readonly status: number; readonly reason?: string }>;
    clipboard: CustomEvent<{ readonly text: string }>;
  }

  export default class RFB extends EventTarget {
    /** Adds its elements to `target` and starts the handshake. @throws Error when the channel is already closed */
    constructor(target: HTMLElement, urlOrChannel: string | WebSocket, options?: RfbOptions);

    /** Scales the picture to its container where the desktop has another size. */
    scaleViewport: boolean;
    /** Asks the desktop for the container's size whenever that changes, at most every 100 ms. */
    resizeSession: boolean;
    /** A CSS background for what the picture leaves free. */
    background: string;

    disconnect(): void;
    focus(options?: FocusOptions): void;
    blur(): void;
    clipboardPasteFrom(text: string): void;

    addEventListener<K extends keyof RfbEventMap>(
      type: K,
      listener: (event: RfbEventMap[K]) => void,
      options?: AddEventListenerOptions | boolean,
    ): void;
  }
}
