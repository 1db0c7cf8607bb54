import type Docker from "dockerode";
import type { Logger } from "@/lib/logging/logger";
import type { Availability } from "../session-provider";
import { isNotFound } from "./docker-engine";
import { StartProblem } from "./start-problem";

const PROGRESS_EVERY_MS = 5_000;
/** How long the outcome of a fetch that failed is believed. */
const RETRY_AFTER_MS = 60_000;

interface Fetch {
  readonly progress: PullProgress;
  readonly done: Promise<void>;
  failure: { readonly at: number; readonly reason: string } | null;
}

/** The images of apps: looks whether they are there, and fetches those that are not, each once at a time. */
export class Images {
  readonly #fetches = new Map<string, Fetch>();

  constructor(
    private readonly engine: () => Docker,
    private readonly log: Logger,
  ) {}

  /** Whether an app of this image can start now; fetches the image when it is not there. @throws when the engine is not */
  async availability(image: string): Promise<Availability> {
    if (await this.#isThere(image)) return { available: true };
    const { failure, progress } = this.#fetch(image);
    const reason =
      failure === null
        ? `The image ${image} is being fetched${progress.inWords()}. Try again in a minute.`
        : `The image ${image} is not here and cannot be fetched: ${failure.reason} Build it, or name one that a registry has.`;
    return { available: false, reason };
  }

  /** The user that the image names, once the image is there. @throws StartProblem when it cannot be fetched */
  async userOf(image: string): Promise<string> {
    if (!(await this.#isThere(image))) {
      await this.#fetch(image).done.catch((cause: unknown) => {
        throw new StartProblem("Its image cannot be fetched.", { cause });
      });
    }
    const { Config } = await this.engine().getImage(image).inspect();
    return Config.User;
  }

  async #isThere(image: string): Promise<boolean> {
    try {
      await this.engine().getImage(image).inspect();
      this.#fetches.delete(image);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #fetch(image: string): Fetch {
    const known = this.#fetches.get(image);
    if (known !== undefined && !isOutdated(known)) return known;
    const progress = new PullProgress(this.log, image);
    const done = this.#pull(image, progress);
    const fetch: Fetch = { progress, done, failure: null };
    this.#fetches.set(image, fetch);
    done.then(
      () => this.log.info({ image }, "image fetched"),
      (err: unknown) => {
        this.log.error({ err, image }, "an image cannot be fetched");
        fetch.failure = { at: Date.now(), reason: sentence(err) };
      },
    );
    return fetch;
  }

  async #pull(image: string, progress: PullProgress): Promise<void> {
    this.log.info({ image }, "fetching an image");
    const engine = this.engine();
    const stream = await engine.pull(withTag(image));
    await new Promise<void>((resolve, reject) => {
      const finished = (error: Error | null) => (error === null ? resolve() : reject(error));
      engine.modem.followProgress(stream, finished, (line: unknown) => progress.note(line));
    });
    if (progress.error !== null) throw new Error(progress.error);
  }
}

function isOutdated({ failure }: Fetch): boolean {
  return failure !== null && Date.now() - failure.at > RETRY_AFTER_MS;
}

/** Without a tag an engine would fetch every image of the name. */
export function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return /[:@]/.test(last) ? image : `${image}:latest`;
}

/** What an engine says while it fetches, layer by layer; as a line in the log now and then. */
class PullProgress {
  error: string | null = null;
  readonly #layers = new Map<string, string>();
  #loggedAt = Date.now();

  constructor(
    private readonly log: Logger,
    private readonly image: string,
  ) {}

  /** The middle of a sentence; empty while nothing has come. How many layers there are in all, not every engine says. */
  inWords(): string {
    const { here, coming } = this.#count();
    if (here === 0) return "";
    const isOrAre = here === 1 ? "layer is" : "layers are";
    return `: ${here} ${isOrAre} here${coming === 0 ? "" : `, ${coming} on the way`}`;
  }

  note(line: unknown): void {
    if (typeof line !== "object" || line === null) return;
    const { id, status, error } = line as Readonly<Record<string, unknown>>;
    if (typeof error === "string") this.error = error;
    // Docker begins with the tag, as if that were a layer.
    const isLayer = typeof id === "string" && typeof status === "string";
    if (isLayer && !status.startsWith("Pulling from")) this.#layers.set(id, status);
    if (Date.now() - this.#loggedAt < PROGRESS_EVERY_MS) return;
    this.#loggedAt = Date.now();
    const { here, coming } = this.#count();
    this.log.info(
      { image: this.image, layersHere: here, layersComing: coming },
      "an image is being fetched",
    );
  }

  #count(): { here: number; coming: number } {
    const states = [...this.#layers.values()];
    const here = states.filter((state) => /complete|exists/i.test(state)).length;
    return { here, coming: states.length - here };
  }
}

function sentence(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).trim();
  return text.endsWith(".") ? text : `${text}.`;
}
