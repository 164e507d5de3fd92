# Condizioni d’uso, privacy e accessibilità. Esistono in italiano e in inglese.
