## now
