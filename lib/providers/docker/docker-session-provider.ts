import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { Container, ContainerInspectInfo } from "dockerode";
import { z } from "zod";
import type { DockerConfig } from "@/lib/config/docker-config";
import { AppError } from "@/lib/errors/app-error";
import type { ProviderSurroundings } from "../create-session-provider";
import { newVncPassword } from "../vnc-password";
import type {
  AppSpec,
  Availability,
  ExitListener,
  HeldSession,
  ProviderRef,
  SessionProvider,
  SessionSpec,
  StartedSession,
  TerminalSize,
  TerminalStream,
} from "../session-provider";
import { addressOf, connectTo } from "./container-address";
import { type ContainerExit, followExits } from "./container-exits";
import { COMMAND_LABEL, containerOptions } from "./container-options";
import { INSTALLATION_LABEL, portOf, SESSION_LABEL } from "../app-container";
import { findEnd, lastOutput, removeContainer } from "./container-end";
import { untilReady } from "./container-readiness";
import { explainUnreachable, findSocket, isNotFound, openEngine } from "./docker-engine";
import { openExecTerminal } from "./exec-terminal";
import { Images } from "./images";
import { whyNotStarted } from "./start-problem";

const START_TIMEOUT_MS = 60_000;

const refSchema = z.object({
  container_id: z.string(),
  /** Of the port that this server connects to; none of a terminal. */
  port: z.number().optional(),
  /** Of a desktop. */
  vnc_password: z.string().optional(),
});
const commandSchema = z.array(z.string());

/** Runs sessions as containers of a Docker or Podman engine, which outlive this server and are open to every other. */
export class DockerSessionProvider implements SessionProvider {
  readonly name = "docker";
  readonly isTiedToProcess = false;
  readonly startTimeoutMs = START_TIMEOUT_MS;
  readonly #listeners = new Set<ExitListener>();
  readonly #closing = new AbortController();
  readonly #images: Images;
  #installationId: string | undefined;
  #following = false;

  constructor(
    private readonly config: DockerConfig,
    private readonly surroundings: ProviderSurroundings,
  ) {
    this.#images = new Images(() => this.#engine(), surroundings.log);
  }

  async availability(app: AppSpec): Promise<Availability> {
    if (app.image === undefined) return { available: false, reason: NO_IMAGE };
    if (app.kind === "desktop" && app.displayImage !== undefined) {
      return { available: false, reason: NO_DISPLAYS };
    }
    try {
      return await this.#images.availability(app.image);
    } catch (error) {
      const reason = explainUnreachable(error, findSocket(this.config.socketPath));
      if (reason === null) throw error;
      return { available: false, reason };
    }
  }

  async start(spec: SessionSpec): Promise<StartedSession> {
    const { sessionId } = spec;
    let container: Container | undefined;
    try {
      const vncPassword = newVncPassword();
      container = await this.#create(spec, vncPassword);
      await container.start();
      const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
      const signal = AbortSignal.any([timeout, this.#closing.signal]);
      await untilReady(spec, container, this.config.network, signal);
      return { ref: refOf(spec, container.id, vncPassword) };
    } catch (error) {
      const output = container === undefined ? "" : await lastOutput(container);
      this.surroundings.log.error({ err: error, sessionId, output }, "a container did not start");
      if (container !== undefined) await removeContainer(container);
      throw cannotStart(error);
    }
  }

  connectDesktop(ref: ProviderRef): Promise<Duplex> {
    return this.#connect(ref);
  }

  connectWeb(ref: ProviderRef): Promise<Duplex> {
    return this.#connect(ref);
  }

  async openTerminal(ref: ProviderRef, size: TerminalSize): Promise<TerminalStream> {
    const { container, found } = await this.#require(ref);
    const command = commandSchema.parse(JSON.parse(found.Config.Labels[COMMAND_LABEL] ?? "[]"));
    return openExecTerminal(container, command, size, this.surroundings.log);
  }

  desktopPassword(ref: ProviderRef): string {
    const { vnc_password } = refSchema.parse(ref);
    if (vnc_password === undefined) throw notRunning();
    return vnc_password;
  }

  async isAlive(ref: ProviderRef): Promise<boolean> {
    try {
      return (await this.#container(ref).inspect()).State.Running;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async heldSessions(): Promise<readonly HeldSession[]> {
    const label = [`${INSTALLATION_LABEL}=${await this.#installation()}`];
    const listed = await this.#engine().listContainers({ all: true, filters: { label } });
    return Promise.all(
      listed.map(async ({ Id, Labels, State }): Promise<HeldSession> => {
        const session = { sessionId: Labels[SESSION_LABEL] ?? "", ref: { container_id: Id } };
        if (!ENDED_STATES.has(State)) return { ...session, isAlive: true };
        return { ...session, isAlive: false, why: await findEnd(this.#container(session.ref)) };
      }),
    );
  }

  async stop(ref: ProviderRef): Promise<void> {
    await removeContainer(this.#container(ref));
  }

  onExit(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    this.#follow();
    return () => this.#listeners.delete(listener);
  }

  clearLeftovers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  #engine(): Docker {
    return openEngine(findSocket(this.config.socketPath));
  }

  #container(ref: ProviderRef): Container {
    return this.#engine().getContainer(refSchema.parse(ref).container_id);
  }

  async #installation(): Promise<string> {
    return (this.#installationId ??= await this.surroundings.installationId());
  }

  async #create(spec: SessionSpec, vncPassword: string): Promise<Container> {
    const { image } = spec;
    if (image === undefined) throw new Error(NO_IMAGE);
    const imageUser = await this.#images.userOf(image);
    const installationId = await this.#installation();
    this.#closing.signal.throwIfAborted();
    const { runtime, network } = this.config;
    return this.#engine().createContainer(
      containerOptions(spec, { installationId, image, imageUser, vncPassword, runtime, network }),
    );
  }

  async #connect(ref: ProviderRef): Promise<Duplex> {
    const { found } = await this.#require(ref);
    const { port } = refSchema.parse(ref);
    const address = port === undefined ? null : addressOf(found, port, this.config.network);
    if (address === null) throw notRunning();
    return connectTo(address).catch((error: unknown) => {
      throw notRunning(error);
    });
  }

  /** @throws AppError `session_not_running` */
  async #require(
    ref: ProviderRef,
  ): Promise<{ readonly container: Container; readonly found: ContainerInspectInfo }> {
    const container = this.#container(ref);
    try {
      const found = await container.inspect();
      if (found.State.Running) return { container, found };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    throw notRunning();
  }

  #follow(): void {
    if (this.#following) return;
    this.#following = true;
    const follower = {
      engine: () => this.#engine(),
      installationId: () => this.#installation(),
      log: this.surroundings.log,
    };
    void followExits(follower, (exit) => void this.#exited(exit), this.#closing.signal);
  }

  async #exited({ sessionId, containerId, exitCode }: ContainerExit): Promise<void> {
    this.surroundings.log.info({ sessionId, exitCode }, "a session's container has ended");
    const container = this.#engine().getContainer(containerId);
    const why = await findEnd(container).catch(() => null);
    for (const listener of this.#listeners) listener(sessionId, why);
  }
}

const NO_IMAGE = "This app names no container image. Give it one in the file of SORTIE_APPS_FILE.";
const NO_DISPLAYS =
  "This app's display is a container of its own, which only sessions in Kubernetes have. Give the app an image that brings a VNC server, and no display_image, in the file of SORTIE_APPS_FILE.";

/** What engines call a container that will not run any more. */
const ENDED_STATES: ReadonlySet<string> = new Set(["exited", "dead", "removing", "stopped"]);

function refOf(spec: SessionSpec, containerId: string, vncPassword: string): ProviderRef {
  const port = portOf(spec);
  return {
    container_id: containerId,
    ...(port === null ? {} : { port }),
    ...(spec.kind === "desktop" ? { vnc_password: vncPassword } : {}),
  };
}

function cannotStart(cause: unknown): AppError {
  const why = whyNotStarted(cause);
  return new AppError(
    "app_unavailable",
    `The container did not start. ${why} Try again; if it fails again, ask an administrator to read the server's log.`,
    { cause, why },
  );
}

function notRunning(cause?: unknown): AppError {
  return new AppError(
    "session_not_running",
    "This session is not running any more. Launch the app again.",
    { cause },
  );
}
