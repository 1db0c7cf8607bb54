import type { Metadata } from "next";
import { cookies } from "next/headers";
import { requirePage } from "@/lib/auth/require-user";
import {
  NameForm,
  PasswordForm,
  SignOutButton,
  ThemeForm,
} from "../../_components/account/account-forms";
import { PageFrame } from "../../_components/shell/page-frame";
import { parseTheme, THEME_COOKIE } from "../../_components/theme";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const actor = await requirePage("/account");
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <PageFrame
      title="Account"
      note={`Signed in as ${actor.username}`}
      actions={<SignOutButton />}
      width="form"
    >
      <NameForm displayName={actor.displayName} />
      <PasswordForm username={actor.username} />
      <ThemeForm initial={theme} />
    </PageFrame>
  );
}
