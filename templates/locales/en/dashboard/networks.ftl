## networks
