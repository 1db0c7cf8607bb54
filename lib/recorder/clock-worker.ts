import type { ClockRequest } from "./clock";

const cancelById = new Map<number, () => void>();

function begin(request: Extract<ClockRequest, { delayMs: number }>): void {
  const { id, kind, delayMs } = request;
  if (kind === "every") {
    const timer = setInterval(() => self.postMessage(id), delayMs);
    cancelById.set(id, () => clearInterval(timer));
  } else {
    const timer = setTimeout(() => {
      cancelById.delete(id);
      self.postMessage(id);
    }, delayMs);
    cancelById.set(id, () => clearTimeout(timer));
  }
}

self.addEventListener("message", (event: MessageEvent<ClockRequest>) => {
  const request = event.data;
  if (request.kind !== "cancel") {
    begin(request);
    return;
  }
  cancelById.get(request.id)?.();
  cancelById.delete(request.id);
});
