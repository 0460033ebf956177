# One image for the gateway, every department's subgraph and the command line: what runs is the container's command.

# The console is bundled with development packages, which the final image does not carry.
FROM node:26-slim AS console
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY gateway/vocabulary ./gateway/vocabulary
COPY console ./console
COPY scripts ./scripts
RUN node scripts/build-console.ts

FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:26-slim
ENV NODE_ENV=production \
    APOLLO_TELEMETRY_DISABLED=1 \
    GONGXIANG_DATA_DIRECTORY=/var/lib/gongxiang
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json package-lock.json LICENSE ./
COPY schema ./schema
COPY city ./city
COPY subgraphs ./subgraphs
COPY scripts ./scripts
COPY gateway ./gateway
COPY --from=console /app/console ./console
# A new named volume takes the owner of the folder that it covers.
RUN mkdir -p /var/lib/gongxiang/keys/public /var/lib/gongxiang/audit /srv/city \
    && chown -R node:node /var/lib/gongxiang /srv/city \
    && chmod 700 /var/lib/gongxiang/keys /var/lib/gongxiang/audit
USER node
EXPOSE 4000 4100
ENTRYPOINT ["node", "--max-semi-space-size=16", "gateway/cli/gongxiang.ts"]
CMD ["start"]
