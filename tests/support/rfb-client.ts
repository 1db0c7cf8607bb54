import type { Duplex } from "node:stream";
import { vncEncrypt } from "@/lib/providers/vnc-password";

/** What is on a desktop's screen: 4 bytes a pixel (blue, green, red, unused), row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

const KEYSYM_RETURN = 0xff0d;

/** A small RFB viewer (RFC 6143) with VNC authentication and the Raw encoding: enough to see and to type. */
export class RfbClient {
  private constructor(
    private readonly reader: ByteReader,
    private readonly stream: Duplex,
    readonly width: number,
    readonly height: number,
  ) {}

  /** @throws Error when the password is wrong or the stream ends */
  static async connect(stream: Duplex, password: string): Promise<RfbClient> {
    const reader = new ByteReader(stream);
    const version = (await reader.read(12)).toString("latin1");
    if (version !== "RFB 003.008\n") throw new Error(`not RFB 3.8 but ${JSON.stringify(version)}`);
    stream.write(version);
    const types = await reader.read((await reader.read(1)).readUInt8());
    if (!types.equals(Buffer.from([2])))
      throw new Error("VNC authentication is not the only choice");
    stream.write(Buffer.from([2]));
    const key = Buffer.alloc(8);
    key.write(password, "latin1");
    stream.write(vncEncrypt(await reader.read(16), key));
    if ((await reader.read(4)).readUInt32BE() !== 0) throw new Error("the password is wrong");
    stream.write(Buffer.from([1]));
    const init = await reader.read(24);
    await reader.read(init.readUInt32BE(20));
    stream.write(
      Buffer.from([0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]),
    );
    stream.write(Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]));
    return new RfbClient(reader, stream, init.readUInt16BE(0), init.readUInt16BE(2));
  }

  /** The whole screen as it is now. */
  async picture(): Promise<Picture> {
    const pixels = Buffer.alloc(this.width * this.height * 4);
    await this.update(pixels, false);
    return { width: this.width, height: this.height, pixels };
  }

  /** Resolves with the first picture that `isRight`; asks again whenever the screen changes. */
  async untilPicture(isRight: (picture: Picture) => boolean): Promise<Picture> {
    const picture = await this.picture();
    while (!isRight(picture)) await this.update(picture.pixels, true);
    return picture;
  }

  /** Types Latin-1 text; a line feed is the Return key. */
  type(text: string): void {
    for (const character of text) {
      const keysym = character === "\n" ? KEYSYM_RETURN : (character.codePointAt(0) ?? 0);
      this.stream.write(keyEvent(keysym, true));
      this.stream.write(keyEvent(keysym, false));
    }
  }

  close(): void {
    this.stream.destroy();
  }

  private async update(pixels: Buffer, incremental: boolean): Promise<void> {
    const request = Buffer.alloc(10);
    request.writeUInt8(3, 0);
    request.writeUInt8(incremental ? 1 : 0, 1);
    request.writeUInt16BE(this.width, 6);
    request.writeUInt16BE(this.height, 8);
    this.stream.write(request);
    while (!(await this.readMessage(pixels)));
  }

  /** Tells whether it was an update of the screen. */
  private async readMessage(pixels: Buffer): Promise<boolean> {
    const type = (await this.reader.read(1)).readUInt8();
    if (type === 0) {
      await this.readRectangles(pixels);
      return true;
    }
    if (type === 3) {
      const head = await this.reader.read(7);
      await this.reader.read(head.readUInt32BE(3));
    } else if (type !== 2) throw new Error(`message of type ${type}`);
    return false;
  }

  private async readRectangles(pixels: Buffer): Promise<void> {
    const count = (await this.reader.read(3)).readUInt16BE(1);
    for (let index = 0; index < count; index += 1) {
      const head = await this.reader.read(12);
      const [x, y, width, height] = [0, 2, 4, 6].map((at) => head.readUInt16BE(at)) as [
        number,
        number,
        number,
        number,
      ];
      const raw = await this.reader.read(width * height * 4);
      for (let row = 0; row < height; row += 1) {
        raw.copy(pixels, ((y + row) * this.width + x) * 4, row * width * 4, (row + 1) * width * 4);
      }
    }
  }
}

function keyEvent(keysym: number, down: boolean): Buffer {
  const event = Buffer.alloc(8);
  event.writeUInt8(4, 0);
  event.writeUInt8(down ? 1 : 0, 1);
  event.writeUInt32BE(keysym, 4);
  return event;
}

/** How many pixels differ. */
export function changedPixels(before: Picture, after: Picture): number {
  let changed = 0;
  for (let at = 0; at < before.pixels.length; at += 4) {
    if (before.pixels.compare(after.pixels, at, at + 3, at, at + 3) !== 0) changed += 1;
  }
  return changed;
}

/** How many pixels have a colour, given as 0xRRGGBB. */
export function pixelsOf(picture: Picture, colour: number): number {
  let count = 0;
  for (let at = 0; at < picture.pixels.length; at += 4) {
    if (picture.pixels.readUIntLE(at, 3) === colour) count += 1;
  }
  return count;
}

class ByteReader {
  #ended = false;

  constructor(private readonly stream: Duplex) {
    stream.on("error", () => undefined);
    stream.once("close", () => {
      this.#ended = true;
    });
  }

  async read(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = count; missing > 0;) {
      const available = Math.min(missing, this.stream.readableLength);
      const part = available === 0 ? null : (this.stream.read(available) as Buffer | null);
      if (part === null) await this.#more();
      else {
        parts.push(part);
        missing -= part.length;
      }
    }
    return Buffer.concat(parts);
  }

  #more(): Promise<void> {
    if (this.#ended || this.stream.readableEnded) throw new Error("the stream has ended");
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => () => {
        this.stream.off("readable", onReadable).off("close", onClose);
        act();
      };
      const onReadable = settle(resolve);
      const onClose = settle(() => reject(new Error("the stream has ended")));
      this.stream.once("readable", onReadable).once("close", onClose);
    });
  }
}
