# The portal’s texts in Greek. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = Ιανουαρίου
month-2 = Φεβρουαρίου
month-3 = Μαρτίου
month-4 = Απριλίου
month-5 = Μαΐου
month-6 = Ιουνίου
month-7 = Ιουλίου
month-8 = Αυγούστου
month-9 = Σεπτεμβρίου
month-10 = Οκτωβρίου
month-11 = Νοεμβρίου
month-12 = Δεκεμβρίου

minutes = { $count ->
    [one] { $count } λεπτό
   *[other] { $count } λεπτά
}
hours = { $count ->
    [one] { $count } ώρα
   *[other] { $count } ώρες
}
hours-and-minutes = { $hours } και { $minutes }

skip = Μετάβαση στο περιεχόμενο
languages = Γλώσσα της σελίδας
banner-alt = WiFi4EU: δωρεάν Wi-Fi για τους Ευρωπαίους
crest-alt = Θυρεός: { $comune }
footer-links = Πληροφορίες
footer-free = Δωρεάν υπηρεσία, χωρίς εγγραφή και χωρίς διαφημίσεις.
eu-funding = Με τη συγχρηματοδότηση της Ευρωπαϊκής Ένωσης
eu-disclaimer = Για το περιεχόμενο αυτών των σελίδων ευθύνεται αποκλειστικά ο Δήμος· η Ευρωπαϊκή Ένωση δεν ευθύνεται για τη χρήση του.
selftest = Αυτοέλεγχος WiFi4EU σε εξέλιξη
link-terms = Όροι χρήσης
link-privacy = Απόρρητο
link-accessibility = Προσβασιμότητα
link-venue = Ο χώρος
link-news = Νέα
link-back = Επιστροφή στη σελίδα πρόσβασης

login-title = Δωρεάν Wi-Fi
login-lead = Πλοηγηθείτε δωρεάν, χωρίς εγγραφή.
login-button = Σύνδεση στο διαδίκτυο
login-accept = Πατώντας το κουμπί αποδέχεστε τους κανόνες της υπηρεσίας.
login-disclaimer-title = Δημόσιο, ανοικτό δίκτυο
login-disclaimer = Η ασύρματη κίνηση δεν είναι κρυπτογραφημένη. Χρησιμοποιείτε ασφαλείς ιστοτόπους και εφαρμογές (https), διατηρείτε τη συσκευή σας ενημερωμένη και μην κοινοποιείτε φακέλους ή εκτυπωτές.
login-expired = Η σελίδα έμεινε ανοικτή πολλή ώρα. Πατήστε ξανά το κουμπί.

online-title = Είστε συνδεδεμένοι
online-lead = Μπορείτε πλέον να πλοηγηθείτε και να κλείσετε αυτή τη σελίδα.
online-left = Χρόνος που απομένει
online-until = Έως τις
online-used = Δεδομένα που χρησιμοποιήθηκαν
online-plan = Ταχύτητα αυτής της συσκευής
online-down = Λήψη
online-up = Αποστολή
online-day = Σημερινά δεδομένα σε πλήρη ταχύτητα
online-slow = Τα σημερινά δεδομένα σε πλήρη ταχύτητα εξαντλήθηκαν: ως τα μεσάνυχτα η συσκευή είναι πιο αργή.
online-exempt = Αυτή η συσκευή έχει πάντα πρόσβαση: δεν χρειάζεται να πατήσετε τίποτα.
online-return = Για να δείτε ξανά αυτή τη σελίδα ή να αποσυνδεθείτε, ανοίξτε
online-disconnect = Αποσύνδεση
online-disconnect-hint = Η συσκευή σας θα αποσυνδεθεί· μπορείτε να συνδεθείτε ξανά όποτε θέλετε.

# While the municipality’s link to the Internet is interrupted.
down-title = Αυτή τη στιγμή δεν υπάρχει διαδίκτυο εδώ
down-lead = Το Wi-Fi λειτουργεί, αλλά η σύνδεση με το διαδίκτυο έχει διακοπεί. Συνήθως επανέρχεται σύντομα: δοκιμάστε ξανά σε λίγα λεπτά.
down-online = Η συσκευή σας διατηρεί την πρόσβαση: όταν επανέλθει το διαδίκτυο, μπορείτε να πλοηγηθείτε χωρίς να πατήσετε τίποτα.
down-action = Δοκιμάστε ξανά

disconnected-title = Αποσυνδεθήκατε
disconnected-lead = Η συσκευή σας δεν είναι πλέον συνδεδεμένη στο διαδίκτυο. Ευχαριστούμε που χρησιμοποιήσατε το Wi-Fi του Δήμου.
disconnected-action = Σύνδεση ξανά

blocked-title = Δεν επιτρέπεται η πρόσβαση
blocked-lead = Αυτή η συσκευή δεν επιτρέπεται να χρησιμοποιεί αυτό το δίκτυο. Για διευκρινίσεις απευθυνθείτε στον Δήμο.

again-title = Δοκιμάστε ξανά σε λίγο
again-lead = Το δίκτυο δεν μπορεί αυτή τη στιγμή να ενεργοποιήσει τη σύνδεση. Συνήθως αρκούν λίγα δευτερόλεπτα.
again-action = Δοκιμάστε ξανά

stranger-title = Η συσκευή δεν αναγνωρίστηκε
stranger-lead = Το δίκτυο δεν αναγνωρίζει ακόμη τη συσκευή σας. Απενεργοποιήστε και ενεργοποιήστε ξανά το Wi-Fi και δοκιμάστε πάλι. Αν χρησιμοποιείτε VPN, διακόψτε το για λίγο.
stranger-action = Δοκιμάστε ξανά

slow-title = Πάρα πολλές προσπάθειες
slow-lead = Πατήσατε το κουμπί πολλές φορές σε λίγη ώρα. Περιμένετε ένα λεπτό και δοκιμάστε ξανά.
slow-action = Δοκιμάστε ξανά

refused-title = Το αίτημα δεν έγινε δεκτό
refused-lead = Το αίτημα δεν προήλθε από αυτή τη σελίδα. Επιστρέψτε στη σελίδα πρόσβασης και δοκιμάστε ξανά.
refused-action = Επιστροφή στη σελίδα πρόσβασης

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Το κείμενο αυτό υπάρχει μόνο στα ιταλικά και στα αγγλικά.
full-text = Αφού συνδεθείτε, μπορείτε να διαβάσετε το πλήρες κείμενο του Δήμου σε αυτή τη διεύθυνση:

venue-title = Ο χώρος
venue-lead = Αυτό το δίκτυο Wi-Fi προσφέρεται από: { $comune }.
venue-place = Χώρος
venue-comune = Διοίκηση
venue-portal = Σελίδα του δικτύου

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Επείγουσες ανακοινώσεις
notices-more = { $count ->
    [one] Άλλη μία ανακοίνωση
   *[other] Άλλες { $count } ανακοινώσεις
}
notice-red = Κίνδυνος
notice-orange = Προειδοποίηση
notice-yellow = Προσοχή
notice-green = Καλά νέα
notice-blue = Ενημέρωση
notice-purple = Σημαντικό
notice-until = Έως: { $when }
notice-source = Πηγή: { $source }
notice-link = Περισσότερες πληροφορίες

# News of the municipality.
news-title = Νέα
news-all = Όλα τα νέα
news-none = Προς το παρόν δεν υπάρχουν νέα.
news-pinned = Προβεβλημένα
news-more = Συνεχίστε την ανάγνωση στον ιστότοπο
news-more-after = Η συνέχεια βρίσκεται στον ιστότοπο, που ανοίγει μετά τη σύνδεση:
news-more-offline = Η συνέχεια βρίσκεται στον ιστότοπο, όταν επανέλθει το διαδίκτυο:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Ψηφιακές υπηρεσίες
service-now = Ανοίγει αμέσως
service-after = Μετά τη σύνδεση
service-offline = Όταν επανέλθει το διαδίκτυο
service-call = Καλέστε το { $number }
service-io = Εφαρμογή IO
service-io-hint = Μηνύματα, υπενθυμίσεις και πληρωμές δημόσιων φορέων στο τηλέφωνό σας.
service-municipium = Εφαρμογή Municipium
service-municipium-hint = Νέα, αναφορές προβλημάτων και αποκομιδή απορριμμάτων.
service-certificates = Πιστοποιητικά
service-certificates-hint = Κατοικία, γέννηση, οικογενειακή κατάσταση: δωρεάν, με SPID ή CIE.
service-fines = Πρόστιμα
service-fines-hint = Δείτε και πληρώστε ένα πρόστιμο.
service-payments = Πληρωμές (pagoPA)
service-payments-hint = Τέλη, σχολικά γεύματα και άλλες πληρωμές προς τον Δήμο.
service-appointments = Κλείστε ραντεβού
service-appointments-hint = Επιλέξτε υπηρεσία, ημέρα και ώρα.
service-sue = Οικοδομικές άδειες (SUE)
service-sue-hint = Διαδικασίες δόμησης και τοπίου.
service-suap = Επιχειρήσεις (SUAP)
service-suap-hint = Έναρξη, αλλαγή ή παύση δραστηριότητας.
service-youtube = Κανάλι YouTube
service-youtube-hint = Συνεδριάσεις και εκδηλώσεις σε βίντεο.
service-help = Βοήθεια με τις ψηφιακές υπηρεσίες
service-help-hint = Σημεία βοήθειας: κάποιος σας βοηθά, από κοντά και δωρεάν.
service-emergency = Έκτακτη ανάγκη 112
service-emergency-hint = Ένας αριθμός: ασθενοφόρο, πυροσβεστική, αστυνομία. Δωρεάν, όλο το 24ωρο.
service-website = Ιστότοπος του Δήμου
service-website-hint = Υπηρεσίες, ωράρια, πίνακας ανακοινώσεων και έγγραφα.
