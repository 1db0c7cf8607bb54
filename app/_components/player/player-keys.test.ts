import { describe, expect, it } from "vitest";
import { type Playable, SPEEDS, commandForKey, nextSpeed, runCommand } from "./player-keys";

const press = (key: string, modifiers: Partial<Parameters<typeof commandForKey>[0]> = {}) =>
  commandForKey({
    key,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...modifiers,
  });

class FakeVideo implements Playable {
  paused = true;
  currentTime = 50;
  duration = 100;
  playbackRate = 1;
  muted = false;
  play = () => {
    this.paused = false;
    return Promise.resolve();
  };
  pause = () => {
    this.paused = true;
  };
}

const nothing = { toggleFullscreen: () => Promise.resolve(), keys: () => undefined };

async function afterKey(
  key: string,
  shiftKey = false,
  video = new FakeVideo(),
): Promise<FakeVideo> {
  const command = press(key, { shiftKey });
  if (command !== null) await runCommand(video, command, nothing);
  return video;
}

describe("The player's keys", () => {
  it.each([
    ["j", false, 40],
    ["l", false, 60],
    ["ArrowLeft", false, 45],
    ["ArrowRight", false, 55],
    ["ArrowLeft", true, 40],
    ["ArrowRight", true, 60],
    ["0", false, 0],
    ["9", false, 90],
  ])("%s (shift: %s) goes to second %d", async (key, shift, second) => {
    expect((await afterKey(key, shift)).currentTime).toBe(second);
  });

  it.each([" ", "k", "K"])("%j plays and pauses", async (key) => {
    const playing = await afterKey(key);
    expect(playing.paused).toBe(false);
    expect((await afterKey(key, false, playing)).paused).toBe(true);
  });

  it("steps one frame and pauses for it", async () => {
    const playing = await afterKey("k");
    const stepped = await afterKey(".", false, playing);
    expect(stepped.paused).toBe(true);
    expect(stepped.currentTime - 50).toBeCloseTo(1 / 15);
    expect((await afterKey(",", false, stepped)).currentTime).toBeCloseTo(50);
  });

  it("never leaves the recording", async () => {
    const video = new FakeVideo();
    video.currentTime = 2;
    expect((await afterKey("j", false, video)).currentTime).toBe(0);
    video.currentTime = 98;
    expect((await afterKey("l", false, video)).currentTime).toBe(100);
  });

  it("does not jump before the length is known", async () => {
    const video = new FakeVideo();
    video.duration = NaN;
    expect((await afterKey("5", false, video)).currentTime).toBe(50);
  });

  it("goes through every speed and stops at the ends", () => {
    const upwards = SPEEDS.map((speed) => nextSpeed(speed, 1));
    expect(upwards).toEqual([0.5, 0.75, 1, 1.25, 1.5, 2, 4, 8, 8]);
    expect(nextSpeed(0.25, -1)).toBe(0.25);
    expect(nextSpeed(3, -1)).toBe(2);
  });

  it("leaves the browser's own shortcuts alone", () => {
    expect(press("f", { ctrlKey: true })).toBeNull();
    expect(press("l", { metaKey: true })).toBeNull();
    expect(press("ArrowLeft", { altKey: true })).toBeNull();
    expect(press("Tab")).toBeNull();
  });
});
