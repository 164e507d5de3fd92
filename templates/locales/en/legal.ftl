# Terms of use, privacy and accessibility. They exist in Italian and English.
