"use client";

import { LogOut } from "lucide-react";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { displayNameSchema, newPasswordSchema, userSchema } from "@/lib/users/user-schema";
import { ApiProblem, problemSentence, readApi } from "../api-client";
import { signOutHere } from "../sign-out";
import { applyTheme, type Theme } from "../theme";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Select, type SelectOption } from "../ui/select";
import { useToasts } from "../ui/toast";
import { Section } from "./section";

/** A form that sends once, shows what is wrong where it is wrong, and says when it is done. */
function useAccountForm(done: string) {
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const send = async (body: Readonly<Record<string, string>>): Promise<ApiProblem | null> => {
    setBusy(true);
    try {
      await readApi("/api/account", userSchema, { method: "PATCH", body });
      toasts.say(done);
      return null;
    } catch (error) {
      return error instanceof ApiProblem
        ? error
        : new ApiProblem("internal", problemSentence(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, send };
}

export function NameForm({ displayName }: { readonly displayName: string }) {
  const router = useRouter();
  const { busy, send } = useAccountForm("Your name is changed.");
  const [problem, setProblem] = useState<string>();
  const save = async (form: FormData) => {
    const name = displayNameSchema.safeParse(form.get("display_name"));
    if (!name.success) {
      setProblem("Type the name that others see.");
      return;
    }
    const refused = await send({ display_name: name.data });
    setProblem(refused?.message);
    if (refused === null) router.refresh();
  };
  return (
    <Section title="Name">
      <form noValidate onSubmit={submitting(save)} className="flex flex-col gap-3">
        <Field label="Shown as" error={problem}>
          <Input name="display_name" defaultValue={displayName} autoComplete="name" />
        </Field>
        <div>
          <Button type="submit" busy={busy}>
            Save name
          </Button>
        </div>
      </form>
    </Section>
  );
}

interface PasswordProblems {
  readonly current?: string;
  readonly next?: string;
}

export function PasswordForm({ username }: { readonly username: string }) {
  const { busy, send } = useAccountForm("Your password is changed. Other browsers are signed out.");
  const [problems, setProblems] = useState<PasswordProblems>({});
  const save = async (form: FormData, element: HTMLFormElement) => {
    const next = newPasswordSchema.safeParse(form.get("new_password"));
    if (!next.success) {
      setProblems({ next: capitalised(next.error.issues[0]?.message ?? "choose another one") });
      return;
    }
    const current = form.get("current_password");
    const refused = await send({
      current_password: typeof current === "string" ? current : "",
      new_password: next.data,
    });
    if (refused === null) {
      setProblems({});
      element.reset();
    } else {
      setProblems({ current: refused.message });
    }
  };
  return (
    <Section title="Password">
      <form noValidate onSubmit={submitting(save)} className="flex flex-col gap-3">
        {/* For password managers: whose password this is. */}
        <input type="text" name="username" defaultValue={username} autoComplete="username" hidden />
        <Field label="Current password" error={problems.current}>
          <Input name="current_password" type="password" autoComplete="current-password" />
        </Field>
        <Field
          label="New password"
          error={problems.next}
          hint="Ten characters or more. Every other browser is signed out."
        >
          <Input name="new_password" type="password" autoComplete="new-password" />
        </Field>
        <div>
          <Button type="submit" busy={busy}>
            Change password
          </Button>
        </div>
      </form>
    </Section>
  );
}

const THEMES: readonly SelectOption<Theme>[] = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function ThemeForm({ initial }: { readonly initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  return (
    <Section title="Appearance">
      <Field label="Theme" hint="Kept in this browser.">
        <div>
          <Select
            label="Theme"
            options={THEMES}
            value={theme}
            onChange={(next) => {
              setTheme(next);
              applyTheme(next);
            }}
          />
        </div>
      </Field>
    </Section>
  );
}

export function SignOutButton() {
  const [busy, setBusy] = useState(false);
  return (
    <Button
      icon={LogOut}
      busy={busy}
      onClick={() => {
        setBusy(true);
        void signOutHere();
      }}
    >
      Sign out
    </Button>
  );
}

function submitting(save: (form: FormData, element: HTMLFormElement) => Promise<void>) {
  return (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void save(new FormData(event.currentTarget), event.currentTarget);
  };
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
