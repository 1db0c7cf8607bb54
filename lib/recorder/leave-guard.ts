/** Asks before the page is left while it is told to. Browsers choose the words themselves. */
export class LeaveGuard {
  private isAsking = false;

  /** Listens only while needed: a listener keeps the page out of the back/forward cache. */
  set(shouldAsk: boolean): void {
    if (shouldAsk === this.isAsking) return;
    this.isAsking = shouldAsk;
    if (shouldAsk) window.addEventListener("beforeunload", askBeforeLeaving);
    else window.removeEventListener("beforeunload", askBeforeLeaving);
  }
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
