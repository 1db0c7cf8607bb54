import { describe, expect, it } from "vitest";
import { desktopSpec, PLAIN_CONTAINER } from "@/tests/support/session-specs";
import { addressOf } from "./container-address";
import { containerOptions } from "./container-options";
import { explainUnreachable } from "./docker-engine";
import { withTag } from "./images";

const surroundings = {
  ...{ installationId: "one", image: "image:1", imageUser: "", vncPassword: "secret" },
  ...{ runtime: undefined, network: undefined },
};
const identity = { sessionId: "s", appId: "a" };
const web = { ...PLAIN_CONTAINER, ...identity, kind: "web", port: 8080 } as const;

describe("what a container engine is asked for", () => {
  it.each([
    ["", "1000:1000"],
    ["root", "1000:1000"],
    ["0:0", "1000:1000"],
    ["jovyan", "jovyan"],
    ["1001:5", "1001:5"],
  ])("an image of the user %j runs as %s", (imageUser, user) => {
    expect(containerOptions(web, { ...surroundings, imageUser }).User).toBe(user);
  });

  it("only the port of the app is published, and on loopback only", () => {
    expect(containerOptions(web, surroundings).HostConfig?.PortBindings).toEqual({
      "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }],
    });
    const terminal = { ...PLAIN_CONTAINER, ...identity, kind: "terminal" } as const;
    expect(containerOptions(terminal, surroundings).HostConfig).not.toHaveProperty("PortBindings");
  });

  it("on a network of the operator's nothing is published, and their runtime is used", () => {
    const own = { ...surroundings, network: "sortie", runtime: "runsc" };
    const { HostConfig } = containerOptions(web, own);
    expect(HostConfig).toMatchObject({ NetworkMode: "sortie", Runtime: "runsc" });
    expect(HostConfig).not.toHaveProperty("PortBindings");
  });

  it("no app can choose its desktop's password or size", () => {
    const app = { environment: { SORTIE_VNC_PASSWORD: "known", LANG: "C.UTF-8" } };
    expect(containerOptions(desktopSpec("s", app), surroundings).Env).toEqual([
      "HOME=/home/user",
      "SORTIE_VNC_PASSWORD=secret",
      "LANG=C.UTF-8",
      "SORTIE_GEOMETRY=800x600",
    ]);
  });
});

it("a container is reached by its address on the operator's network, else by its published port", () => {
  const found = {
    State: { Running: true },
    NetworkSettings: {
      Networks: { sortie: { IPAddress: "10.9.0.4" } },
      Ports: { "5900/tcp": [{ HostIp: "127.0.0.1", HostPort: "40123" }] },
    },
  } as unknown as Parameters<typeof addressOf>[0];
  expect(addressOf(found, 5900, "sortie")).toEqual({ host: "10.9.0.4", port: 5900 });
  expect(addressOf(found, 5900, undefined)).toEqual({ host: "127.0.0.1", port: 40_123 });
  expect(addressOf(found, 5900, "other")).toBeNull();
  expect(addressOf(found, 80, undefined)).toBeNull();
});

it.each([
  ["ENOENT", /^There is no Docker or Podman socket at \/s\./],
  ["EACCES", /^The server may not use the socket \/s\. Add its user to the group/],
  ["ECONNREFUSED", /^No container engine answers at \/s\./],
])("an operator whose engine answers %s is told what to do", (code, sentence) => {
  expect(explainUnreachable(Object.assign(new Error(), { code }), "/s")).toMatch(sentence);
  expect(explainUnreachable(new Error("another"), "/s")).toBeNull();
});

it.each([
  ["sortie-desktop", "sortie-desktop:latest"],
  ["host:5000/a/b", "host:5000/a/b:latest"],
  ["host:5000/a/b:2", "host:5000/a/b:2"],
  ["a@sha256:00", "a@sha256:00"],
])("of %s one image is fetched, not all of its name", (image, fetched) => {
  expect(withTag(image)).toBe(fetched);
});
