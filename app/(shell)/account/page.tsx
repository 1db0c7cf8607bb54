import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { Actor } from "@/lib/auth/permissions";
import { requirePage } from "@/lib/auth/require-user";
import { services } from "@/lib/composition/services";
import { hasPassword } from "@/lib/users/update-account";
import { listTokens } from "@/lib/tokens/list-tokens";
import { toTokenItem } from "@/lib/tokens/token-repository";
import { scopesFor } from "@/lib/tokens/token-scope";
import {
  NameForm,
  PasswordForm,
  SignOutButton,
  ThemeForm,
} from "../../_components/account/account-forms";
import { MyTokens } from "../../_components/tokens/my-tokens";
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
      {(await hasPassword(services(), actor)) && <PasswordForm username={actor.username} />}
      <MyTokens {...await ownTokens(actor)} scopes={scopesFor(actor.role)} />
      <ThemeForm initial={theme} />
    </PageFrame>
  );
}

async function ownTokens(actor: Actor) {
  const tokens = await listTokens(services(), actor, actor.userId);
  return { initial: tokens.map(toTokenItem), readAtMs: services().now().getTime() };
}
