-- AlterTable
ALTER TABLE "users" ADD COLUMN     "oidc_issuer" TEXT,
ADD COLUMN     "oidc_subject" TEXT,
ALTER COLUMN "password_hash" DROP NOT NULL;

-- A user signs in here, or at a provider: never both, never neither.
ALTER TABLE "users" ADD CONSTRAINT "users_one_way_to_sign_in" CHECK (
    ("password_hash" IS NULL) = ("oidc_issuer" IS NOT NULL)
    AND ("oidc_issuer" IS NULL) = ("oidc_subject" IS NULL)
);

-- CreateIndex
CREATE UNIQUE INDEX "users_oidc_issuer_oidc_subject_key" ON "users"("oidc_issuer", "oidc_subject");
