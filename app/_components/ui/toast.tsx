"use client";

import { Toast as BaseToast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { buttonClasses } from "./button";

export const UNDO_TIMEOUT_MS = 10_000;

export interface Toasts {
  /** Says that something happened. */
  say(sentence: string): void;
  /** Says that something did not work; stays until it is closed. */
  fail(sentence: string): void;
  /** Says what was done and offers to take it back for ten seconds. */
  offerUndo(sentence: string, undo: () => void): void;
}

/** Short messages at the edge of the page, announced to screen readers. Needs a `ToastProvider` above. */
export function useToasts(): Toasts {
  const { add, close } = BaseToast.useToastManager();
  return useMemo(
    () => ({
      say: (title) => void add({ title }),
      fail: (title) => void add({ title, timeout: 0, priority: "high" }),
      offerUndo: (title, undo) => {
        const id: string = add({
          title,
          timeout: UNDO_TIMEOUT_MS,
          actionProps: {
            children: "Undo",
            onClick: () => {
              close(id);
              undo();
            },
          },
        });
      },
    }),
    [add, close],
  );
}

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <BaseToast.Provider limit={4}>
      {children}
      <BaseToast.Portal>
        <BaseToast.Viewport className="fixed inset-x-4 bottom-[calc(var(--bar)+1rem)] z-50 flex flex-col gap-2 sm:inset-x-auto sm:end-4 sm:bottom-4 sm:w-96">
          <ToastList />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  );
}

function ToastList() {
  const { toasts } = BaseToast.useToastManager();
  return toasts.map((toast) => (
    <BaseToast.Root
      key={toast.id}
      toast={toast}
      className="rounded-md bg-raised text-ink shadow-popup transition-opacity data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <BaseToast.Content className="flex items-center gap-2 py-1.5 ps-3 pe-1.5">
        <BaseToast.Title className="min-w-0 flex-1 text-base" render={<p />} />
        <BaseToast.Action className={buttonClasses("outline")} />
        <BaseToast.Close aria-label="Dismiss" className={buttonClasses("quiet", "square")}>
          <X aria-hidden className="size-4" />
        </BaseToast.Close>
      </BaseToast.Content>
    </BaseToast.Root>
  ));
}
