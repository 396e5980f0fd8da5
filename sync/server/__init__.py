"""The central server: takes journals in, hands catalogues out, shows what came."""
